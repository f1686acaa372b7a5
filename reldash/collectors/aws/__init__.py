"""AWS through boto3: credentials and roles, EKS clusters and their tokens, images in ECR."""
