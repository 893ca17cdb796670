"""Steps, time, queues and coroutines; knows nothing of Pods."""
