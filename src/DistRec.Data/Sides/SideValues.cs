using System.Text;
using System.Text.RegularExpressions;

namespace DistRec.Data;

/// <summary>What one text says of a user or an item: the same of a field of a side file and of an attribute that is told later.</summary>
internal static partial class SideValues
{
    /// <summary>What a column holds whose fields have this role.</summary>
    public static FeatureKind KindOf(SideRole role) => role switch
    {
        SideRole.Number => FeatureKind.Number,
        SideRole.List or SideRole.Genre => FeatureKind.List,
        SideRole.Title or SideRole.Date => FeatureKind.Year,
        _ => FeatureKind.Category,
    };

    /// <summary>Adds what a text says to a column.</summary>
    /// <param name="column">Where it goes.</param>
    /// <param name="field">Name and role of the field.</param>
    /// <param name="entity">Whom it is about.</param>
    /// <param name="value">The text, at least a letter.</param>
    /// <returns>Whether the text has the form that the role asks for; what says nothing, such as a title without a year, has it.</returns>
    public static bool TryAdd(SideColumnBuilder column, (string Name, SideRole Role) field, int entity, string value)
    {
        switch (field.Role)
        {
            case SideRole.Category:
                column.Add(entity, value);
                break;
            case SideRole.List:
                foreach (string part in value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                {
                    if (part != "(no genres listed)")
                    {
                        column.Add(entity, part);
                    }
                }

                break;
            case SideRole.Number:
                if (!FieldParser.TryRating(Encoding.UTF8.GetBytes(value), false, out float number))
                {
                    return false;
                }

                column.Add(entity, number);
                break;
            case SideRole.Genre:
                if (value == "1")
                {
                    column.Add(entity, field.Name);
                }

                return value is "0" or "1";
            case SideRole.Title when YearInTitle().Match(value) is { Success: true } match:
                column.Add(entity, match.Groups[1].Value);
                break;
            case SideRole.Date when !column.Has(entity) && YearOfDate().Match(value) is { Success: true } match:
                column.Add(entity, match.Groups[1].Value);
                break;
        }

        return true;
    }

    // "(1995)", "(2006–2007)", and behind them perhaps "(V)".
    [GeneratedRegex(@"\((\d{4})(?:[-–]\d{0,4})?\)\s*(?:\([^()]*\)\s*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex YearInTitle();

    [GeneratedRegex(@"(\d{4})$", RegexOptions.CultureInvariant)]
    private static partial Regex YearOfDate();
}
