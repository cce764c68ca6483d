"""What is counted, and what the counts mean.

The arithmetic (:mod:`~authguard_core.counting.rules`), the operations that stores carry
out (:mod:`~authguard_core.counting.ops`), and what each does to the records
(:mod:`~authguard_core.counting.apply`). It knows nothing of accounts, addresses or HTTP.
"""
