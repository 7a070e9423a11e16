using DistRec.Training.Databases;

namespace DistRec.Serving.Keys;

/// <summary>
/// Keys of the API as they are kept: never a key itself, only its hash. A key that is worth nothing any more stays known. Safe for any number of threads.
/// </summary>
public sealed class ApiKeys
{
    /// <summary>Characters of a key's name, at most.</summary>
    public const int MaxNameLength = 200;

    private readonly IDatabase _database;
    private readonly TimeProvider _time;

    internal ApiKeys(IDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Makes a key.</summary>
    /// <param name="name">Whose it is, or what it is for; 1 to 200 characters.</param>
    /// <param name="scopes">What it allows; at least one.</param>
    /// <param name="expires">From when on it is worth nothing; null for never.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The name is empty or too long, nothing is allowed, or the time has passed.</exception>
    /// <exception cref="DatabaseException">It cannot be kept.</exception>
    public async Task<NewApiKey> CreateAsync(
        string name, IReadOnlyList<ApiScope> scopes, DateTimeOffset? expires = null, CancellationToken cancellationToken = default)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Require(name, scopes, expires, now);
        string text = KeyHash.DrawText();
        string hash = KeyHash.Of(text)!.Value.ToString();
        KeyRow row = await _database.RunAsync(
            DatabaseAccess.Write,
            async statements =>
            {
                // The number is kept where the statement is run again.
                await statements.ExecuteAsync(
                    """
                    INSERT INTO api_keys (id, hash, name, scopes, created, expires)
                    SELECT COALESCE(MAX(id), 0) + 1, @hash, @name, @scopes, @now, CAST(@expires AS BIGINT) FROM api_keys WHERE TRUE
                    ON CONFLICT (hash) DO NOTHING
                    """,
                    new { hash, name, scopes = ApiScopes.Join(scopes.Distinct().Order()), now, expires }).ConfigureAwait(false);
                return (await statements.QueryAsync<KeyRow>("SELECT * FROM api_keys WHERE hash = @hash", new { hash }).ConfigureAwait(false)).Single();
            },
            cancellationToken).ConfigureAwait(false);
        return new NewApiKey(row.ToKey(), text);
    }

    /// <summary>All keys in the order of their numbers, also those that are worth nothing any more.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await ReadAsync(cancellationToken).ConfigureAwait(false)).Select(one => one.Key)];

    /// <summary>Likewise with their hashes.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    internal async Task<IReadOnlyList<(KeyHash Hash, ApiKey Key)>> ReadAsync(CancellationToken cancellationToken = default)
    {
        List<KeyRow> rows = await _database.RunAsync(
            DatabaseAccess.Read, statements => statements.QueryAsync<KeyRow>("SELECT * FROM api_keys ORDER BY id"), cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => (KeyHash.Parse(row.Hash), row.ToKey()))];
    }

    /// <summary>Makes a key worth nothing for ever.</summary>
    /// <returns>The key; null where there is none of this number.</returns>
    /// <exception cref="DatabaseException">That cannot be noted.</exception>
    public Task<ApiKey?> RevokeAsync(long id, CancellationToken cancellationToken = default) => _database.RunAsync(
        DatabaseAccess.Write,
        async statements =>
        {
            await statements.ExecuteAsync("UPDATE api_keys SET revoked = @now WHERE id = @id AND revoked IS NULL", new { id, now = _time.GetUtcNow() }).ConfigureAwait(false);
            return (await statements.QueryAsync<KeyRow>("SELECT * FROM api_keys WHERE id = @id", new { id }).ConfigureAwait(false)).SingleOrDefault()?.ToKey();
        },
        cancellationToken);

    /// <summary>Notes when keys were used last; a later time that another server noted stays.</summary>
    /// <exception cref="DatabaseException">That cannot be noted.</exception>
    internal Task NoteUsesAsync(IReadOnlyList<(long Id, DateTimeOffset At)> uses, CancellationToken cancellationToken = default) => _database.RunAsync(
        DatabaseAccess.Write,
        statements => statements.ExecuteAsync(
            "UPDATE api_keys SET last_used = @At WHERE id = @Id AND COALESCE(last_used, 0) < @At", uses.Select(use => new { use.Id, use.At })),
        cancellationToken);

    private static void Require(string name, IReadOnlyList<ApiScope> scopes, DateTimeOffset? expires, DateTimeOffset now)
    {
        const string Place = "the new key";
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
        {
            throw InputException.At(
                Place, $"a name of 1 to {MaxNameLength} characters in one line", $"{name?.Length ?? 0}", "say whose it is, or what it is for");
        }

        if (scopes.Count == 0 || !scopes.All(Enum.IsDefined))
        {
            throw InputException.At(Place, "one or more of read, events and admin", scopes.Count == 0 ? "none" : "another scope", "say what it allows");
        }

        if (expires <= now)
        {
            throw InputException.At(Place, $"a time to expire after {now:O}", $"{expires:O}", "give a later one, or none");
        }
    }

    /// <summary>A row of the table.</summary>
    private sealed class KeyRow
    {
        public long Id { get; set; }

        public string Hash { get; set; } = "";

        public string Name { get; set; } = "";

        public string Scopes { get; set; } = "";

        public DateTimeOffset Created { get; set; }

        public DateTimeOffset? Expires { get; set; }

        public DateTimeOffset? LastUsed { get; set; }

        public DateTimeOffset? Revoked { get; set; }

        public ApiKey ToKey()
        {
            // A scope that only a newer release knows allows nothing here.
            _ = ApiScopes.TryParse(Scopes, out IReadOnlyList<ApiScope> scopes);
            return new ApiKey { Id = Id, Name = Name, Scopes = scopes, Created = Created, Expires = Expires, LastUsed = LastUsed, Revoked = Revoked };
        }
    }
}
