using DistRec.Serving.Keys;
using DistRec.Training.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Serving.Tests.Keys;

/// <summary>Keys in memory: what another process does to them is known soon, and no request waits for the database.</summary>
public sealed class KnownKeysTests(SqliteFiles files) : ServingDatabaseTest(files), IClassFixture<SqliteFiles>
{
    private readonly State _state = new();
    private ApiKeys _kept = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _kept = new ApiKeys(await OpenDatabaseAsync(), Time);
    }

    [Fact]
    public async Task A_key_is_found_by_its_whole_text_alone()
    {
        NewApiKey made = await _kept.CreateAsync("a", [ApiScope.Read]);
        await using KnownKeys known = await StartAsync();

        known.Find(made.Text)!.Key.Id.ShouldBe(1);
        foreach (string other in new[] { "", "drk_", made.Text + " ", made.Text[..^1], made.Text[..^1] + "é", made.Text.ToUpperInvariant(), made.Text[4..], new string('x', 100_000) })
        {
            known.Find(other).ShouldBeNull(other);
        }
    }

    [Fact]
    public async Task A_key_that_another_process_made_or_revoked_is_known_after_the_next_turn()
    {
        await using KnownKeys known = await StartAsync();
        known.IsEmpty.ShouldBeTrue();
        NewApiKey made = await _kept.CreateAsync("a", [ApiScope.Admin]);
        known.Find(made.Text).ShouldBeNull();

        await TurnAsync();
        known.Find(made.Text)!.Key.IsValid(Time.GetUtcNow()).ShouldBeTrue();
        known.HasAdmin.ShouldBeTrue();

        await _kept.RevokeAsync(made.Key.Id);
        await TurnAsync();
        known.Find(made.Text)!.Key.IsValid(Time.GetUtcNow()).ShouldBeFalse();
        (known.HasAdmin, known.IsEmpty).ShouldBe((false, false), "a key was made once, so keys are asked for");
    }

    [Fact]
    public async Task When_a_key_was_used_is_noted_once_an_hour_and_not_by_the_request()
    {
        NewApiKey made = await _kept.CreateAsync("a", [ApiScope.Read]);
        await using KnownKeys known = await StartAsync();
        DateTimeOffset first = Time.GetUtcNow();
        Use();
        (await LastUsedAsync()).ShouldBeNull();

        await TurnAsync();
        (await LastUsedAsync()).ShouldBe(first);
        int writes = _state.Writes;

        // Keys that were read nearly an hour ago count for nothing: who uses one at once may be quicker than the reading that is due then.
        Time.Advance(KnownKey.UseStep - (2 * KnownKeys.Interval) - TimeSpan.FromSeconds(1));
        await TurnAsync();
        Use();
        await TurnAsync();
        (await LastUsedAsync()).ShouldBe(first);
        _state.Writes.ShouldBe(writes);

        DateTimeOffset second = Time.GetUtcNow();
        Use();
        await TurnAsync();
        (await LastUsedAsync()).ShouldBe(second);

        void Use() => known.Find(made.Text)!.Use(Time.GetUtcNow());
        async Task<DateTimeOffset?> LastUsedAsync() => (await _kept.ListAsync()).Single().LastUsed;
    }

    [Fact]
    public async Task While_the_database_is_out_of_reach_known_keys_count_for_some_minutes_and_no_longer()
    {
        NewApiKey made = await _kept.CreateAsync("a", [ApiScope.Read]);
        await using KnownKeys known = await StartAsync();
        _state.IsBroken = true;
        await TurnAsync();
        known.Find(made.Text).ShouldNotBeNull();

        Time.Advance(KnownKeys.MaximumAge);
        Should.Throw<DatabaseException>(() => known.Find(made.Text)).Message.ShouldContain("expected the API's keys to be read within 5 minutes");

        _state.IsBroken = false;
        await TurnAsync();
        known.Find(made.Text).ShouldNotBeNull();
    }

    // The next turn begins when the one before has waited for its time.
    private async Task TurnAsync()
    {
        await Time.WhenArmedAsync(KnownKeys.Interval).WaitAsync(Bound);
        Time.Advance(KnownKeys.Interval);
        await Time.WhenArmedAsync(KnownKeys.Interval).WaitAsync(Bound);
    }

    private async Task<KnownKeys> StartAsync()
    {
        KnownKeys known = new(new ApiKeys(new BreakingDatabase(Database, _state), Time), Time, NullLogger<KnownKeys>.Instance);
        await known.StartAsync(CancellationToken.None);
        return known;
    }

    private sealed class State
    {
        public bool IsBroken { get; set; }

        public int Writes { get; set; }
    }

    /// <summary>A database that does not answer for a while.</summary>
    private sealed class BreakingDatabase(IDatabase inner, State state) : IDatabase
    {
        public string Place => inner.Place;

        public Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken = default)
        {
            state.Writes += access == DatabaseAccess.Read ? 0 : 1;
            return state.IsBroken ? throw new DatabaseException("the database is out of reach") : inner.RunAsync(access, work, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
