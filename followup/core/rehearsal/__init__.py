"""The engine without a store: catalog tests, previews, simulations and forecasts."""
