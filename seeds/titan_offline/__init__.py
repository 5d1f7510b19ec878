"""The offline stand-in for Titan's model: how its two small networks are trained, measured and exported."""
