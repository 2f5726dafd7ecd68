"""What goes over the network: parameters, answers, problems. Shared by server and client."""
