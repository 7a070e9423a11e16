namespace DistRec.Training.Databases;

/// <summary>The tables that something is kept in, and how those of older versions become those of today.</summary>
/// <param name="Kept">What is kept, as messages name it: <c>job journal</c>.</param>
/// <param name="Table">The table that holds the version.</param>
/// <param name="Steps">Statements that lead from each version to the next, beginning with none.</param>
internal sealed record SchemaSteps(string Kept, string Table, IReadOnlyList<IReadOnlyList<string>> Steps)
{
    /// <summary>Brings the tables to the newest version.</summary>
    /// <exception cref="DatabaseException">They are of a newer version than this program knows.</exception>
    public Task PrepareAsync(IDatabase database, CancellationToken cancellationToken = default) => database.RunAsync(
        DatabaseAccess.Write,
        async statements =>
        {
            await statements.ExecuteAsync($"CREATE TABLE IF NOT EXISTS {Table} (version INTEGER NOT NULL)").ConfigureAwait(false);
            int version = (await statements.QueryAsync<int>($"SELECT version FROM {Table}").ConfigureAwait(false)).SingleOrDefault();
            if (version > Steps.Count)
            {
                throw new DatabaseException(
                    $"{database.Place}: expected a {Kept} of version {Steps.Count} or older, found version {version}; " +
                    $"use the newer program that wrote it, or another {Kept.Split(' ')[^1]}");
            }

            foreach (string statement in Steps.Skip(version).SelectMany(step => step))
            {
                await statements.ExecuteAsync(statement).ConfigureAwait(false);
            }

            return version == Steps.Count
                ? 0
                : await statements.ExecuteAsync(
                    version == 0 ? $"INSERT INTO {Table} (version) VALUES (@Count)" : $"UPDATE {Table} SET version = @Count", new { Steps.Count })
                    .ConfigureAwait(false);
        },
        cancellationToken);
}
