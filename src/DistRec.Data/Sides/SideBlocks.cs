using System.Globalization;

namespace DistRec.Data;

/// <summary>Blocks that side tables make: the columns as they are, or values of theirs put together.</summary>
internal static class SideBlocks
{
    // Whose table should have it, and its column.
    private static readonly Dictionary<string, (string Entity, string Column)> Known = new()
    {
        ["gender"] = ("users", "gender"),
        ["age"] = ("users", "age"),
        ["occupation"] = ("users", "occupation"),
        ["zip1"] = ("users", "zip"),
        ["zip2"] = ("users", "zip"),
        ["genre"] = ("items", "genre"),
        ["year"] = ("items", "year"),
    };

    private static readonly (int From, string Name)[] AgeClasses = [(56, "56"), (50, "50"), (45, "45"), (35, "35"), (25, "25"), (18, "18"), (0, "1")];

    /// <exception cref="InputException">No side table has what the block needs, or more than one.</exception>
    public static (SideTable Table, FeatureSource Source) Make(string name, FeatureOptions options, bool[] ratedItems)
    {
        string wanted = ColumnOf(name);
        (SideTable Table, SideColumn Column)[] found =
        [
            .. from table in options.Sides
               from column in table.Columns
               where column.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)
               select (table, column),
        ];
        if (found.Length == 1)
        {
            (SideTable table, SideColumn column) = found[0];
            bool[]? rated = table.Entity == RelationEntity.Item ? ratedItems : null;
            return (table, Of(name, column, FrequentYears(name, column, rated, options.FrequentYear)));
        }

        throw (found.Length, Known.GetValueOrDefault(name).Column) switch
        {
            ( > 1, _) => InputException.At(
                "features", $"one side table with a column \"{wanted}\"", $"it in {string.Join(" and ", found.Select(pair => pair.Table.Name))}", "rename one of the columns"),
            (_, null) => InputException.At("features", $"names among {Offer(options.Sides)}", $"\"{name}\"", "correct the name, or give the side table that has such a column"),
            _ => InputException.At(
                "features",
                $"a side table of {Known[name].Entity} with a column \"{wanted}\" for \"{name}\"",
                options.Sides.Count == 0 ? "no side table" : $"none in {string.Join(", ", options.Sides.Select(table => table.Name))}",
                $"give the file that describes the {Known[name].Entity}, or leave the block out"),
        };
    }

    /// <summary>The column of a side table that a block is made of.</summary>
    public static string ColumnOf(string name) => Known.TryGetValue(name, out (string Entity, string Column) known) ? known.Column : name;

    /// <summary>The features that a block makes of a column.</summary>
    /// <param name="name">Name of the block.</param>
    /// <param name="column">The column.</param>
    /// <param name="isFrequent">Whether a year is a feature of its own; others share one a decade.</param>
    public static FeatureSource Of(string name, SideColumn column, Predicate<string> isFrequent) => name switch
    {
        "age" => Regroup(name, column, AgeClass),
        "zip1" => Regroup(name, column, zip => zip[..1].ToUpperInvariant()),
        "zip2" => Regroup(name, column, zip => zip[..Math.Min(2, zip.Length)].ToUpperInvariant()),
        "year" => Regroup(name, column, year => isFrequent(year) || year.Length != 4 ? year : $"{year[..3]}0s"),
        _ => new FeatureSource(name, column.Names, column.Values) { Kind = column.Kind },
    };

    /// <summary>All names that can be asked for, those first that need no side table.</summary>
    public static string Offer(IReadOnlyList<SideTable> sides)
    {
        IEnumerable<string> offered = from table in sides
                                      from column in table.Columns
                                      from name in column.Name.Equals("zip", StringComparison.OrdinalIgnoreCase) ? ["zip1", "zip2"] : new[] { column.Name }
                                      select name;
        string[] more = [.. Known.Keys.Except(offered)];
        return string.Join(", ", FeatureEncoder.BlocksOfRatings.Concat(offered).Distinct()) + (more.Length == 0 ? "" : $"; with side tables that tell them, {string.Join(", ", more)}");
    }

    private static string AgeClass(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float age) && age >= 0 ? AgeClasses.First(known => age >= known.From).Name : text;

    private static Predicate<string> FrequentYears(string name, SideColumn column, bool[]? rated, int frequent)
    {
        if (name != "year")
        {
            return _ => true;
        }

        int[] counts = new int[column.Names.Count];
        for (int entity = 0; entity < column.Values.RowCount; entity++)
        {
            if (rated is null || rated[entity])
            {
                foreach (int year in column.Values.RowColumns(entity))
                {
                    counts[year]++;
                }
            }
        }

        Dictionary<string, int> byYear = column.Names.Index().ToDictionary(year => year.Item, year => counts[year.Index]);
        return year => byYear[year] >= frequent;
    }

    // The column with another value in the place of each; several may become one.
    private static FeatureSource Regroup(string name, SideColumn column, Func<string, string> group)
    {
        string[] groups = [.. column.Names.Select(group)];
        string[] names = [.. groups.Distinct().Order(StringComparer.Ordinal)];
        int[] codes = [.. groups.Select(value => Array.IndexOf(names, value))];
        int[] columns = Array.ConvertAll(column.Values.Columns, code => codes[code]);
        RatingMatrix rows = new(names.Length, column.Values.RowStarts, columns, column.Values.Values);
        return new FeatureSource(name, names, rows) { Kind = column.Kind };
    }
}
