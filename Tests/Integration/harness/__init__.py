"""Homeservers, clients and hostile peers for the integration tests."""
