using System.Globalization;

namespace DistRec.Models.Queries.Lists;

/// <summary>How a condition compares.</summary>
internal enum FilterComparison
{
    /// <summary>One of the item's texts is one of the values.</summary>
    Equal,

    /// <summary>None of them is.</summary>
    NotEqual,

    Less,

    AtMost,

    Greater,

    AtLeast,
}

/// <summary>One condition of a filter.</summary>
/// <param name="Name">Of the attribute, as it was written.</param>
/// <param name="Comparison">How it compares.</param>
/// <param name="Values">One, or several to choose from.</param>
/// <param name="Number">The value as a number; not asked where texts are compared.</param>
/// <param name="Place">Where it was written, for messages.</param>
internal sealed record FilterCondition(string Name, FilterComparison Comparison, IReadOnlyList<string> Values, double Number, string Place)
{
    /// <summary>Whether texts are compared as numbers.</summary>
    public bool IsOfNumbers => Comparison > FilterComparison.NotEqual;

    /// <summary>Whether a text of an item is of those that the condition asks for, or, with <see cref="FilterComparison.NotEqual"/>, must not be there.</summary>
    public bool Finds(string text) => !IsOfNumbers
        ? Values.Contains(text, StringComparer.OrdinalIgnoreCase)
        : TryNumber(text, out double number) && Comparison switch
        {
            FilterComparison.Less => number < Number,
            FilterComparison.AtMost => number <= Number,
            FilterComparison.Greater => number > Number,
            _ => number >= Number,
        };

    /// <summary>Reads a finite number.</summary>
    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}

/// <summary>
/// Conditions on attributes of items that must all hold, such as <c>genre=Drama|Comedy,year&gt;=1990</c>. Compared are texts, whatever their case, by = and !=, with
/// several values to choose from between bars, and numbers by &lt;, &lt;=, &gt; and &gt;=. Of several texts that an item has, such as genres, one has to fit; with !=
/// none may be there. An item without the attribute fits != alone. Values that hold a comma, a bar or a quote stand in double quotes, in which a quote is doubled.
/// </summary>
public sealed class AttributeFilter
{
    private readonly string _text;
    private readonly string _place;
    private readonly IReadOnlyList<FilterCondition> _conditions;

    private AttributeFilter(string text, string place, IReadOnlyList<FilterCondition> conditions) => (_text, _place, _conditions) = (text, place, conditions);

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The conditions, with commas between them.</param>
    /// <param name="place">Where it was given, for messages.</param>
    /// <exception cref="InputException">It is none; the message names the character.</exception>
    public static AttributeFilter Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new AttributeFilter(text, place, new FilterReader(text, place).Read());
    }

    /// <summary>Whether all conditions hold for an item.</summary>
    /// <param name="attributes">Texts by the names of attributes; empty where nothing is known of it.</param>
    public bool Fits(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return _conditions.All(condition =>
            attributes.Any(attribute => ItemAttributes.IsNameOf(attribute.Key, condition.Name) && attribute.Value.Any(condition.Finds))
            == (condition.Comparison != FilterComparison.NotEqual));
    }

    /// <summary>Which items all conditions hold for, [items].</summary>
    /// <param name="attributes">What is known of them.</param>
    /// <param name="itemCount">How many there are.</param>
    /// <exception cref="InputException">A condition is on an attribute that is not known, or compares numbers where there are none.</exception>
    public bool[] Match(ItemAttributes attributes, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        if (attributes.All.Count == 0)
        {
            throw InputException.At(
                _place, "a model that knows what its items are, such as their genres", "one that does not",
                "leave it out, or train on data with u.item, movies.dat, movies.csv or items.csv");
        }

        bool[] fits = new bool[itemCount];
        Array.Fill(fits, true);
        foreach (FilterCondition condition in _conditions)
        {
            ItemAttribute attribute = attributes.Find(condition.Name) ?? throw InputException.At(
                condition.Place, $"one of the attributes {string.Join(", ", attributes.All.Select(known => known.Name))}", $"\"{condition.Name}\"", "correct it");
            if (condition.IsOfNumbers && !attribute.Texts.Any(text => FilterCondition.TryNumber(text, out _)))
            {
                throw InputException.At(condition.Place, "an attribute of numbers", $"{attribute.Name}, of texts such as \"{attribute.Texts[0]}\"", "compare it by = or !=");
            }

            bool[] finds = [.. attribute.Texts.Select(condition.Finds)];
            bool expected = condition.Comparison != FilterComparison.NotEqual;
            for (int item = 0; item < itemCount; item++)
            {
                fits[item] &= FindsAny(finds, attribute.Of(item)) == expected;
            }
        }

        return fits;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static bool FindsAny(bool[] finds, ReadOnlySpan<int> codes)
    {
        foreach (int code in codes)
        {
            if (finds[code])
            {
                return true;
            }
        }

        return false;
    }
}
