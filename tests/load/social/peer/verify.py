"""The verifier behind nginx's auth_request: checks the token and says who it is. No database, no cache."""

import os

import jwt
from fastapi import FastAPI, Request, Response

app = FastAPI()
SECRET = os.environ["BENCH_SECRET"]


@app.get("/verify")
async def verify(request: Request):
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError:
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(status_code=204, headers={"X-User-ID": claims["sub"], "X-User-Name": claims["username"]})
