using Microsoft.AspNetCore.Authentication;

namespace DistRec.Serving.Keys;

/// <summary>A key in memory, with what a request that shows it is told; made once, since requests are many.</summary>
internal sealed class KnownKey
{
    /// <summary>How exactly it is noted when a key was used.</summary>
    public static readonly TimeSpan UseStep = TimeSpan.FromHours(1);

    // As kept: milliseconds since 1970, 0 for never. One word, so that requests at the same time never tear it.
    private long _lastUsed;

    /// <param name="key">As it is kept.</param>
    /// <param name="before">What was known of it until now; null for nothing.</param>
    public KnownKey(ApiKey key, KnownKey? before)
    {
        Key = key;
        _lastUsed = Math.Max(Milliseconds(key.LastUsed), before is null ? 0 : Volatile.Read(ref before._lastUsed));
        Accepted = new Caller($"{key.Name} (key {key.Id})", key).Accept();
    }

    /// <summary>The key.</summary>
    public ApiKey Key { get; }

    /// <summary>The answer to a request that shows it.</summary>
    public AuthenticateResult Accepted { get; }

    /// <summary>When it was used last, to the hour; null for never.</summary>
    public DateTimeOffset? LastUsed => Volatile.Read(ref _lastUsed) is > 0 and long used ? DateTimeOffset.FromUnixTimeMilliseconds(used) : null;

    /// <summary>Whether it was used since that was noted where it is kept.</summary>
    public bool IsUseUnnoted => Volatile.Read(ref _lastUsed) > Milliseconds(Key.LastUsed);

    /// <summary>It is used.</summary>
    public void Use(DateTimeOffset now)
    {
        long at = now.ToUnixTimeMilliseconds();
        if (at - Volatile.Read(ref _lastUsed) >= UseStep.TotalMilliseconds)
        {
            Volatile.Write(ref _lastUsed, at);
        }
    }

    private static long Milliseconds(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? 0;
}
