namespace DistRec.Serving.Keys;

/// <summary>A key of the API. The key itself is not kept, only its hash.</summary>
public sealed record ApiKey
{
    /// <summary>Its number, by which it is revoked.</summary>
    public required long Id { get; init; }

    /// <summary>Whose it is, or what it is for.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows.</summary>
    public required IReadOnlyList<ApiScope> Scopes { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is worth nothing; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was used last, give or take an hour; null for never.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it was revoked; null where it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Whether it allows something; <see cref="ApiScope.Admin"/> allows all.</summary>
    public bool Allows(ApiScope scope) => Scopes.Contains(scope) || Scopes.Contains(ApiScope.Admin);

    /// <summary>Whether its time is over.</summary>
    public bool HasExpired(DateTimeOffset now) => Expires <= now;

    /// <summary>Whether it is worth anything at a time.</summary>
    public bool IsValid(DateTimeOffset now) => Revoked is null && !HasExpired(now);
}

/// <summary>A key that was just made.</summary>
/// <param name="Key">What is known of it.</param>
/// <param name="Text">The key itself: shown once, and kept nowhere.</param>
public sealed record NewApiKey(ApiKey Key, string Text)
{
    /// <summary>Without the key, which has no business in a log.</summary>
    public override string ToString() => $"{nameof(NewApiKey)} {Key.Id}";
}
