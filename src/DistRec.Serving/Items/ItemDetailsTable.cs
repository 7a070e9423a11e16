using System.Text.Json;
using DistRec.Training.Databases;

namespace DistRec.Serving.Items;

/// <summary>What has been said of items, in a database.</summary>
/// <param name="database">With the tables of <see cref="Stores.ServingSchema"/>.</param>
internal sealed class ItemDetailsTable(IDatabase database) : IItemDetails
{
    private const string Columns = "item_id AS item, title, attributes, first_sequence AS first";

    public Task PutAsync(ItemDetails details, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(details);
        return database.RunAsync(
            DatabaseAccess.Write,
            statements => statements.ExecuteAsync(
                """
                INSERT INTO serving_items (item_id, title, attributes, sequence, first_sequence)
                SELECT @Item, @Title, @attributes, COALESCE(MAX(sequence), 0) + 1, COALESCE(MAX(sequence), 0) + 1
                FROM serving_items WHERE true
                ON CONFLICT (item_id) DO UPDATE SET title = excluded.title, attributes = excluded.attributes, sequence = excluded.sequence
                """,
                new { details.Item, details.Title, attributes = JsonSerializer.Serialize(details.Attributes) }),
            cancellationToken);
    }

    public async Task<ItemDetails?> FindAsync(string item, CancellationToken cancellationToken = default) => (await database.RunAsync(
        DatabaseAccess.Read,
        statements => statements.QueryAsync<Row>($"SELECT {Columns} FROM serving_items WHERE item_id = @item", new { item }),
        cancellationToken).ConfigureAwait(false)).SingleOrDefault()?.ToDetails();

    public async Task<long> LastAsync(CancellationToken cancellationToken = default) => (await database.RunAsync(
        DatabaseAccess.Read,
        statements => statements.QueryAsync<long>("SELECT COALESCE(MAX(sequence), 0) FROM serving_items"),
        cancellationToken).ConfigureAwait(false)).Single();

    public async Task<IReadOnlyList<ItemDetails>> ReadAsync(long after, CancellationToken cancellationToken = default) => (await database.RunAsync(
        DatabaseAccess.Read,
        statements => statements.QueryAsync<Row>($"SELECT {Columns} FROM serving_items WHERE sequence > @after ORDER BY sequence", new { after }),
        cancellationToken).ConfigureAwait(false)).ConvertAll(row => row.ToDetails());

    /// <summary>An item as the database has it.</summary>
    private sealed record Row
    {
        public string Item { get; init; } = "";
        public string? Title { get; init; }
        public string Attributes { get; init; } = "";
        public long First { get; init; }

        public ItemDetails ToDetails() => new()
        {
            Item = Item,
            Title = Title,
            Attributes = JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(Attributes)!,
            First = First,
        };
    }
}
