"""What is noted of a training: facts of data and model, a look after each epoch, the first NaN."""
