"""AWS on this machine: genuine clients, answered by small Python services that keep state in a folder."""
