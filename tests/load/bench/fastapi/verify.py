"""The verifier of the design that Gatehouse is compared with: FastAPI and PyJWT, no database."""

import os

import jwt
from fastapi import FastAPI, Header, HTTPException, Response

app = FastAPI()
SECRET = os.environ["BENCH_SECRET"]


@app.get("/verify")
async def verify(response: Response, authorization: str = Header(default="")):
    scheme, _, token = authorization.partition(" ")
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401, "bad token", {"WWW-Authenticate": "Bearer"})
    response.headers["X-User-ID"] = claims["sub"]
    return {"verify_status": "Done"}
