using System.Buffers.Text;
using DistRec.Serving.Keys;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Keys;

/// <summary>What keys of the API promise, in whatever database they are.</summary>
public abstract class ApiKeysContract(ITestDatabase databases) : ServingDatabaseTest(databases)
{
    private ApiKeys _keys = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _keys = new ApiKeys(Database, Time);
    }

    [SkippableFact]
    public async Task A_key_comes_back_as_it_was_made_and_its_text_never()
    {
        const string Name = "the shop's \"front\"; DROP TABLE api_keys";
        DateTimeOffset expires = Time.GetUtcNow() + TimeSpan.FromDays(30);

        NewApiKey made = await _keys.CreateAsync(Name, [ApiScope.Events, ApiScope.Read, ApiScope.Read], expires);

        made.Text.ShouldStartWith("drk_");
        Base64Url.DecodeFromChars(made.Text.AsSpan(4)).Length.ShouldBe(32);
        made.ToString().ShouldNotContain(made.Text[4..]);
        (made.Key.Id, made.Key.Name, made.Key.Created, made.Key.Expires, made.Key.LastUsed, made.Key.Revoked).ShouldBe((1, Name, Time.GetUtcNow(), expires, null, null));
        made.Key.Scopes.ShouldBe([ApiScope.Read, ApiScope.Events]);
        (await _keys.ListAsync()).ShouldHaveSingleItem().ShouldBeEquivalentTo(made.Key);
        (await _keys.ReadAsync()).Single().Hash.ShouldBe(KeyHash.Of(made.Text)!.Value);
    }

    [SkippableFact]
    public async Task Nothing_that_is_kept_tells_a_key()
    {
        NewApiKey made = await _keys.CreateAsync("a", [ApiScope.Admin]);

        List<string> hashes = await Database.RunAsync(DatabaseAccess.Read, statements => statements.QueryAsync<string>("SELECT hash FROM api_keys"));

        hashes.ShouldHaveSingleItem().Length.ShouldBe(64);
        hashes[0].ShouldNotContain(made.Text[4..], Case.Insensitive);
        KeyHash.Of(hashes[0]).ShouldBeNull("who reads the database has no key");
    }

    [SkippableFact]
    public async Task Two_keys_are_never_the_same_and_each_has_a_number()
    {
        NewApiKey[] made = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => _keys.CreateAsync($"{number}", [ApiScope.Read]))));

        made.Select(key => key.Text).Distinct().Count().ShouldBe(20);
        (await _keys.ListAsync()).Select(key => key.Id).ShouldBe(Enumerable.Range(1, 20).Select(id => (long)id));
    }

    [SkippableFact]
    public async Task A_revoked_key_stays_known_and_is_not_revoked_a_second_time()
    {
        NewApiKey made = await _keys.CreateAsync("a", [ApiScope.Read]);
        DateTimeOffset first = Time.GetUtcNow();

        (await _keys.RevokeAsync(made.Key.Id))!.Revoked.ShouldBe(first);
        Time.Advance(TimeSpan.FromHours(1));
        (await _keys.RevokeAsync(made.Key.Id))!.Revoked.ShouldBe(first);

        (await _keys.ListAsync()).Single().Revoked.ShouldBe(first);
        (await _keys.RevokeAsync(99)).ShouldBeNull();
        (await _keys.CreateAsync("b", [ApiScope.Read])).Key.Id.ShouldBe(2, "numbers are not given again");
    }

    [SkippableFact]
    public async Task The_latest_use_of_a_key_stays_whoever_notes_it()
    {
        NewApiKey made = await _keys.CreateAsync("a", [ApiScope.Read]);
        NewApiKey other = await _keys.CreateAsync("b", [ApiScope.Read]);
        DateTimeOffset now = Time.GetUtcNow();

        await _keys.NoteUsesAsync([(made.Key.Id, now), (other.Key.Id, now)]);
        await new ApiKeys(await OpenDatabaseAsync(), Time).NoteUsesAsync([(made.Key.Id, now - TimeSpan.FromHours(1)), (other.Key.Id, now + TimeSpan.FromHours(1))]);

        (await _keys.ListAsync()).Select(key => key.LastUsed).ShouldBe([now, now + TimeSpan.FromHours(1)]);
    }

    [SkippableFact]
    public async Task What_is_no_name_no_scope_or_no_time_is_refused_by_name()
    {
        DateTimeOffset now = Time.GetUtcNow();
        (string Name, ApiScope[] Scopes, DateTimeOffset? Expires, string Said)[] wrong =
        [
            ("", [ApiScope.Read], null, "expected a name of 1 to 200 characters in one line, found 0"),
            ("a\nb", [ApiScope.Read], null, "expected a name of 1 to 200 characters in one line"),
            (new string('x', 201), [ApiScope.Read], null, "expected a name of 1 to 200 characters in one line, found 201"),
            ("a", [], null, "expected one or more of read, events and admin, found none"),
            ("a", [(ApiScope)8], null, "expected one or more of read, events and admin, found another scope"),
            ("a", [ApiScope.Read], now, "expected a time to expire after 2025-01-01T00:00:00.0000000+00:00"),
        ];
        foreach ((string name, ApiScope[] scopes, DateTimeOffset? expires, string said) in wrong)
        {
            (await Should.ThrowAsync<InputException>(() => _keys.CreateAsync(name, scopes, expires))).Message.ShouldContain(said);
        }

        (await _keys.ListAsync()).ShouldBeEmpty();
    }
}

public sealed class SqliteApiKeysTests(SqliteFiles files) : ApiKeysContract(files), IClassFixture<SqliteFiles>;

public sealed class PostgresApiKeysTests(PostgresServer server) : ApiKeysContract(server), IClassFixture<PostgresServer>;
