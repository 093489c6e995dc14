"""How people prove who they are: passwords, links, second factors, sessions; and the mail that is sent to them."""
