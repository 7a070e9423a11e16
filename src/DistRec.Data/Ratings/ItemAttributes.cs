using System.Globalization;

namespace DistRec.Data;

/// <summary>
/// What is known of items beside their titles, such as genres and years: of every attribute any number of texts for an item. Immutable.
/// </summary>
public sealed class ItemAttributes
{
    private ItemAttributes(int itemCount, IReadOnlyList<ItemAttribute> all) => (ItemCount, All) = (itemCount, all);

    /// <summary>Nothing is known of any item.</summary>
    public static ItemAttributes None { get; } = new(0, []);

    /// <summary>How many items there are; 0 where nothing is known of any.</summary>
    public int ItemCount { get; }

    /// <summary>The attributes, in ordinal order of their names.</summary>
    public IReadOnlyList<ItemAttribute> All { get; }

    /// <summary>Attributes by texts.</summary>
    /// <param name="itemCount">How many items there are.</param>
    /// <param name="texts">Index of the item, name of the attribute and a text of it, in any order; what is told twice counts once.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is no item's.</exception>
    public static ItemAttributes Of(int itemCount, IEnumerable<(int Item, string Attribute, string Text)> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ItemAttribute[] all =
        [
            .. texts.GroupBy(entry => entry.Attribute, entry => (entry.Item, entry.Text), StringComparer.Ordinal)
                .OrderBy(entries => entries.Key, StringComparer.Ordinal)
                .Select(entries => ItemAttribute.Of(entries.Key, itemCount, [.. entries])),
        ];
        return all.Length == 0 ? None : new ItemAttributes(itemCount, all);
    }

    /// <summary>What a file says of items.</summary>
    public static ItemAttributes Of(SideTable items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Columns.Count == 0 ? None : Of(items.Columns[0].Values.RowCount, items.Columns.SelectMany(TextsOf));
    }

    /// <summary>All that is known: index of the item, name of the attribute and a text of it.</summary>
    public IEnumerable<(int Item, string Attribute, string Text)> Texts()
    {
        foreach (ItemAttribute attribute in All)
        {
            for (int item = 0; item < ItemCount; item++)
            {
                foreach (string text in attribute.TextsOf(item))
                {
                    yield return (item, attribute.Name, text);
                }
            }
        }
    }

    /// <summary>Finds an attribute, whatever the case of its name, in the singular or the plural; null where there is none.</summary>
    public ItemAttribute? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(attribute => attribute.Name == name)
            ?? All.FirstOrDefault(attribute => IsNameOf(attribute.Name, name));
    }

    /// <summary>Whether a text names an attribute, whatever its case, in the singular or the plural.</summary>
    /// <param name="attribute">The attribute's name.</param>
    /// <param name="name">The text.</param>
    public static bool IsNameOf(string attribute, string name)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        ArgumentNullException.ThrowIfNull(name);
        return attribute.TrimEnd('s').Equals(name.TrimEnd('s'), StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<(int Item, string Attribute, string Text)> TextsOf(SideColumn column)
    {
        for (int item = 0; item < column.Values.RowCount; item++)
        {
            for (int index = 0; index < column.Values.RowLength(item); index++)
            {
                yield return (item, column.Name, column.Kind == FeatureKind.Number
                    ? column.Values.RowValues(item)[index].ToString(CultureInfo.InvariantCulture)
                    : column.Names[column.Values.RowColumns(item)[index]]);
            }
        }
    }
}

/// <summary>One attribute of all items.</summary>
public sealed class ItemAttribute
{
    private readonly int[] _starts;
    private readonly int[] _codes;

    private ItemAttribute(string name, string[] texts, int[] starts, int[] codes) => (Name, Texts, _starts, _codes) = (name, texts, starts, codes);

    /// <summary>Its name, such as <c>genre</c>.</summary>
    public string Name { get; }

    /// <summary>The texts that occur, in ordinal order.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Which of <see cref="Texts"/> an item has, ascending.</summary>
    public ReadOnlySpan<int> Of(int item) => _codes.AsSpan(_starts[item].._starts[item + 1]);

    /// <summary>The texts that an item has, in ordinal order.</summary>
    public IReadOnlyList<string> TextsOf(int item) => Array.ConvertAll(Of(item).ToArray(), code => Texts[code]);

    internal static ItemAttribute Of(string name, int itemCount, List<(int Item, string Text)> entries)
    {
        string[] texts = [.. entries.Select(entry => entry.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, int> codes = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            codes.Add(text, codes.Count);
        }

        (int Item, int Code)[] sorted = [.. entries.Select(entry => (entry.Item, codes[entry.Text])).Distinct().Order()];
        int[] starts = new int[itemCount + 1];
        foreach ((int item, _) in sorted)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(item, nameof(entries));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, itemCount, nameof(entries));
            starts[item + 1]++;
        }

        for (int item = 0; item < itemCount; item++)
        {
            starts[item + 1] += starts[item];
        }

        return new ItemAttribute(name, texts, starts, [.. sorted.Select(entry => entry.Code)]);
    }
}
