"""The service of the design that Gatehouse is compared with: one route, no database."""

from fastapi import FastAPI, Header
from pydantic import BaseModel

app = FastAPI()


class Greeting(BaseModel):
    user: int
    message: str


@app.get("/seed/hello", response_model=Greeting)
async def hello(x_user_id: int = Header()):
    return Greeting(user=x_user_id, message="hello")
