"""What is known of a net, a walk and a run, as frozen records without a tensor."""
