"""What lives as long as the service: the model's keeper, how much is let in, and what is told of it."""
