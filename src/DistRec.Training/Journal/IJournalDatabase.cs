using System.Data.Common;

namespace DistRec.Training.Journal;

/// <summary>A database that keeps a journal: its connections, transactions and failures. What is kept is the same in all of them.</summary>
internal interface IJournalDatabase : IAsyncDisposable
{
    string Place { get; }

    /// <summary>
    /// Runs statements in one transaction and commits it. Transactions that write come one after the other, whichever process they
    /// belong to.
    /// </summary>
    /// <param name="writes">Whether the transaction changes anything.</param>
    /// <param name="work">What to do; run again when the connection was lost.</param>
    /// <param name="cancellationToken">Gives up; nothing has happened then.</param>
    /// <exception cref="JobJournalException">The database refuses or cannot be reached.</exception>
    Task<T> RunAsync<T>(bool writes, Func<JournalTransaction, Task<T>> work, CancellationToken cancellationToken);
}

/// <summary>Statements of one transaction.</summary>
/// <param name="Connection">Open, with the transaction begun.</param>
/// <param name="Transaction">The transaction.</param>
/// <param name="CancellationToken">Gives up.</param>
internal sealed record JournalTransaction(DbConnection Connection, DbTransaction Transaction, CancellationToken CancellationToken)
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteAsync(string text, params (string Name, object Value)[] parameters)
    {
        DbCommand command = Command(text, parameters);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(CancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a query.</summary>
    public async Task<List<T>> QueryAsync<T>(Func<DbDataReader, T> read, string text, params (string Name, object Value)[] parameters)
    {
        DbCommand command = Command(text, parameters);
        await using (command.ConfigureAwait(false))
        {
            DbDataReader reader = await command.ExecuteReaderAsync(CancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<T> rows = [];
                while (await reader.ReadAsync(CancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
        }
    }

    private DbCommand Command(string text, (string Name, object Value)[] parameters)
    {
        DbCommand command = Connection.CreateCommand();
        command.Transaction = Transaction;
#pragma warning disable CA2100 // every text is a constant of the journal; values go in as parameters
        command.CommandText = text;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
