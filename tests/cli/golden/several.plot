2025-01-15 12:00:00 to 2025-01-15 12:00:09, by each sample

            cpu_pct
      150% ┤
           │       ++++++++++++++++              +++++++++++++++++++++++++++++++
      100% ┤
           │
           │
       50% ┤
           │
        0% ┤       *************************************************************
           └┬────────────────────────────────────┬──────────────────────────────
            12:00:00                         12:00:05
            * web: last 10%, highest 10%
            + db: last 125%, highest 125%

            mem_bytes, mem_limit_bytes
   256 MiB ┤xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
           │
   192 MiB ┤++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++
   128 MiB ┤
           │
  64.0 MiB ┤                          ******************************************
           │**************************
       0 B ┤
           └┬────────────────────────────────────┬──────────────────────────────
            12:00:00                         12:00:05
            * web mem_bytes: last 60.0 MiB, highest 60.0 MiB
            + db mem_bytes: last 192 MiB, highest 192 MiB
            o web mem_limit_bytes: nothing recorded
            x db mem_limit_bytes: last 256 MiB, highest 256 MiB
