using DistRec.Serving.Items;

namespace DistRec.Serving.Tests.Items;

/// <summary>What every database has to do for what is said of items.</summary>
public abstract class ItemDetailsContract(ITestDatabase databases) : ServingDatabaseTest(databases)
{
    [SkippableFact]
    public async Task What_was_said_last_of_an_item_is_found_and_read_since_a_change()
    {
        ItemDetailsTable items = new(Database);
        (await items.LastAsync()).ShouldBe(0);
        (await items.FindAsync("film")).ShouldBeNull();
        await items.PutAsync(Film("film", "It's \"new\"; DROP TABLE serving_items", "Drama", "Comédie"));
        await items.PutAsync(Film("other", null));
        long before = await items.LastAsync();
        before.ShouldBe(2);
        ItemDetails found = (await items.FindAsync("film"))!;
        (found.Item, found.Title).ShouldBe(("film", "It's \"new\"; DROP TABLE serving_items"));
        found.Attributes.Single().Value.ShouldBe(["Drama", "Comédie"]);
        (await items.FindAsync("other"))!.Title.ShouldBeNull();

        await items.PutAsync(Film("film", "Later"));

        (await new ItemDetailsTable(await OpenDatabaseAsync()).ReadAsync(before)).Select(one => (one.Item, one.Title)).ShouldBe([("film", "Later")]);
        (await items.ReadAsync(0)).Select(one => one.Item).ShouldBe(["other", "film"]);
        (await items.FindAsync("film"))!.Attributes["genre"].ShouldBeEmpty();
        (await items.LastAsync()).ShouldBe(3);

        // Said anew, an item keeps its place among the others.
        (await items.ReadAsync(0)).Select(one => one.First).ShouldBe([2, 1]);
        await items.PutAsync(Film("third", null));
        (await items.FindAsync("third"))!.First.ShouldBe(4);
        (await items.FindAsync("film"))!.First.ShouldBe(1);
    }

    private static ItemDetails Film(string item, string? title, params string[] genres) =>
        new() { Item = item, Title = title, Attributes = new Dictionary<string, IReadOnlyList<string>> { ["genre"] = genres } };
}

public sealed class SqliteItemDetailsTests(SqliteFiles files) : ItemDetailsContract(files), IClassFixture<SqliteFiles>;

public sealed class PostgresItemDetailsTests(PostgresServer server) : ItemDetailsContract(server), IClassFixture<PostgresServer>;
