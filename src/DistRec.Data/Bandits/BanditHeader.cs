using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace DistRec.Data;

/// <summary>Takes lines in, one after the other.</summary>
internal interface ILineSink
{
    /// <summary>Takes a line in.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    LineError? Add(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields);
}

/// <summary>Takes the lines of a log in.</summary>
internal interface IBanditRows : ILineSink
{
    /// <summary>The log of all lines.</summary>
    /// <param name="path">Where it was read from.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="InputException">There are no rows.</exception>
    BanditLog ToLog(string path, string file);
}

/// <summary>The names of a log's columns.</summary>
internal sealed class BanditHeader(string[] names)
{
    /// <summary>What the column of arms is called, the usual name first.</summary>
    public static string[] ArmNames { get; } = ["item_id", "item", "action", "arm"];

    /// <summary>What the column of rewards is called.</summary>
    public static string[] RewardNames { get; } = ["click", "reward"];

    /// <summary>What the column of propensities is called.</summary>
    public static string[] PropensityNames { get; } = ["propensity_score", "action_prob", "propensity", "pscore"];

    /// <summary>Columns.</summary>
    public int Count => names.Length;

    /// <summary>Reads a line of names.</summary>
    /// <exception cref="InputException">A name stands twice.</exception>
    public static BanditHeader Of(ReadOnlySpan<byte> line, string place)
    {
        Range[] fields = new Range[FieldSplitter.Split(line, Separator.Comma, [])];
        FieldSplitter.Split(line, Separator.Comma, fields);
        string[] names = new string[fields.Length];
        for (int field = 0; field < names.Length; field++)
        {
            names[field] = Encoding.UTF8.GetString(FieldSplitter.Unquote(line[fields[field]]));
        }

        IGrouping<string, string>? doubled = names.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(same => same.Count() > 1);
        return doubled is not null
            ? throw InputException.At(place, "each column name once", $"\"{doubled.Key}\" {doubled.Count()} times", "rename one of them")
            : new BanditHeader(names);
    }

    /// <summary>The first column with one of these names; −1 where there is none.</summary>
    public int Find(params ReadOnlySpan<string> known)
    {
        foreach (string name in known)
        {
            if (Array.IndexOf(names, name) is >= 0 and int column)
            {
                return column;
            }
        }

        return -1;
    }

    /// <summary>The first column with one of these names.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public int Require(string file, params ReadOnlySpan<string> known)
    {
        int column = Find(known);
        return column >= 0
            ? column
            : throw InputException.At(
                $"{file}:1",
                $"a column named {string.Join(" or ", known!)}",
                $"{string.Join(", ", names.Take(12))}{(names.Length > 12 ? ", …" : "")}",
                "name the columns in the first line, separated by commas");
    }

    /// <summary>Why a text is no id; null where it is one.</summary>
    public static LineError? WrongId(string expected, ReadOnlySpan<byte> id) =>
        id.IsEmpty ? new LineError(0, expected, "nothing", "fill it in, or leave the line out")
        : id.Length <= IdTable.MaxTextLength && Utf8.IsValid(id) ? null
        : new LineError(0, $"{expected} in UTF-8", FieldParser.Show(id), "correct it");

    /// <summary>Reads a propensity.</summary>
    /// <returns>Why it is none; null where it is one.</returns>
    public static LineError? ReadPropensity(ReadOnlySpan<byte> text, out double value) =>
        TryNumber(text, out value) && value is > 0 and <= 1
            ? null
            : new LineError(
                0, "a propensity above 0, at most 1", text.IsEmpty ? "nothing" : FieldParser.Show(text),
                "log the probability with which the arm was chosen, or leave the line out");

    /// <summary>Reads a finite number.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && used > 0 && double.IsFinite(value);
}
