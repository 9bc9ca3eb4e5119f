"""The same engine without a store: tests of cycles, previews, simulations and forecasts."""
