"""The loader: files in, typed tables and a ledger out. A value goes one way, through these modules in turn.

| module | what happens there |
|---|---|
| `landing` | files are found, and read once for their digest; the SQL with which DuckDB reads them |
| `detect` (`asking`, `keys`) | what each file is: its document, its format, what its page was asked for |
| `plan` | which files are read together, which are unchanged, which are refused |
| `read` (`lines`) | a batch into the temporary table `staged`, every line accounted for |
| `judge` (`validate`, `slow_path`) | what becomes of each record: loaded as read, mended, or rejected |
| `deliver` (`flatten`, `workbench`) | records into the raw tables |
| `ledger` | what each load brought, rejected and did not know |

`run` does all of it in one transaction, `load` is the command, `status` shows the ledger. `columns` names the columns
of staged records, `location` the places in them.
"""
