"""What a competition is: loading, checking, comparing and storing edition documents."""
