"""Raw requests as the tables of test_differential.py write them: method, path below /api/2.0/mlflow/, arguments."""


def post(path, body, **extra):
    return ("POST", path, {"json": body, **extra})


def patch(path, body):
    return ("PATCH", path, {"json": body})


def delete(path, body):
    return ("DELETE", path, {"json": body})


def get(path, /, **params):
    return ("GET", path, {"params": params})
