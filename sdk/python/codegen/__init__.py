"""Turns the contract in api/ into the generated part of the package. Runs at build time only."""
