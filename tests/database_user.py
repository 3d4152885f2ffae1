"""Who the tests are at the database servers that they start; the password has all that a URI has to encode."""

USER = "mlflow"
PASSWORD = "p@ss/w:ord%"
