using System.Collections.Frozen;
using DistRec.Training.Databases;
using Microsoft.Extensions.Logging;

namespace DistRec.Serving.Keys;

/// <summary>
/// All keys in memory, so that no request waits for the database: finding one is a hash and a look into a table. They are read again every two
/// seconds, so that a key that was made or revoked elsewhere is known soon; when keys were used is noted by the same turn.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears when they cannot be read.</param>
internal sealed class KnownKeys(ApiKeys store, TimeProvider time, ILogger<KnownKeys> logger) : IAsyncDisposable
{
    /// <summary>How often they are read.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>How long the keys that were read last count while the database is out of reach: a revoked one for no longer.</summary>
    public static readonly TimeSpan MaximumAge = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stopped = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _reading = Task.CompletedTask;
    private volatile Snapshot _snapshot = new(DateTimeOffset.MinValue, FrozenDictionary<KeyHash, KnownKey>.Empty);

    /// <summary>
    /// Whether no key was ever made. One that is worth nothing any more counts: whoever asked for keys once does not mean to stop when the last expires.
    /// </summary>
    public bool IsEmpty => _snapshot.Keys.Count == 0;

    /// <summary>Whether a key is valid that may make further ones.</summary>
    public bool HasAdmin => _snapshot.Keys.Values.Any(known => known.Key.Allows(ApiScope.Admin) && known.Key.IsValid(time.GetUtcNow()));

    /// <summary>Reads the keys, and reads them again until this is disposed.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        _reading = ReadOnAsync();
    }

    /// <summary>The key that a text is; null for any other text. Whether it is worth anything is for the caller to see.</summary>
    /// <exception cref="DatabaseException">The keys could not be read for too long.</exception>
    public KnownKey? Find(ReadOnlySpan<char> text)
    {
        Snapshot snapshot = _snapshot;
        if (time.GetUtcNow() - snapshot.At > MaximumAge)
        {
            throw new DatabaseException(
                $"expected the API's keys to be read within {MaximumAge.TotalMinutes} minutes, found the database out of reach since {snapshot.At:u}; see to it, and ask again");
        }

        return KeyHash.Of(text) is { } hash && snapshot.Keys.TryGetValue(hash, out KnownKey? known) ? known : null;
    }

    /// <summary>Reads the keys now, as after one was made or revoked here.</summary>
    /// <exception cref="DatabaseException">They cannot be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // One after the other, so that what was read before a change never replaces what was read after it.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            Snapshot before = _snapshot;
            _snapshot = new Snapshot(now, (await store.ReadAsync(cancellationToken).ConfigureAwait(false)).ToFrozenDictionary(
                one => one.Hash, one => new KnownKey(one.Key, before.Keys.GetValueOrDefault(one.Hash))));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _stopped.Dispose();
        _turn.Dispose();
    }

    private async Task ReadOnAsync()
    {
        bool isReached = true;
        while (true)
        {
            try
            {
                await Task.Delay(Interval, time, _stopped.Token).ConfigureAwait(false);
                await RefreshAsync(_stopped.Token).ConfigureAwait(false);
                isReached = true;
                await NoteUsesAsync(_stopped.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (DatabaseException exception)
            {
                if (isReached)
                {
                    logger.LogWarning("{Fault}; the API's keys that are known count for {Minutes} minutes more.", exception.Message, MaximumAge.TotalMinutes);
                }

                isReached = false;
            }
        }
    }

    private async Task NoteUsesAsync(CancellationToken cancellationToken)
    {
        (long, DateTimeOffset)[] uses = [.. _snapshot.Keys.Values.Where(known => known.IsUseUnnoted).Select(known => (known.Key.Id, known.LastUsed!.Value))];
        if (uses.Length == 0)
        {
            return;
        }

        try
        {
            await store.NoteUsesAsync(uses, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException)
        {
            // What a key is used for may not need the disk that is full; the next turn tries again.
        }
    }

    /// <summary>All keys as they were at a time.</summary>
    private sealed record Snapshot(DateTimeOffset At, FrozenDictionary<KeyHash, KnownKey> Keys);
}
