using System.Runtime.CompilerServices;

namespace DistRec.Training.Storage;

/// <summary>
/// What a blob may be called: parts of letters, digits, dots, underscores and hyphens between slashes, such as
/// <c>jobs/night-run/ratings/user-factors-3</c>. No part begins with a dot or ends in <c>.blob</c>, so a name can neither leave
/// its folder nor meet a file that the store keeps for itself. At most <see cref="MaxNameLength"/> characters, a part at most
/// <see cref="MaxPartLength"/>.
/// </summary>
public static class BlobName
{
    /// <summary>Characters of a name; object stores take 1,024 together with the prefix of the store.</summary>
    public const int MaxNameLength = 700;

    /// <summary>Characters of a part; file systems take 255 together with the suffix of the store.</summary>
    public const int MaxPartLength = 240;

    /// <summary>What a file of a folder store ends in, so that a blob may stand beside a folder of its name.</summary>
    internal const string FileSuffix = ".blob";

    /// <summary>Whether this is a name.</summary>
    public static bool IsValid(string? name) => name is not null && Mistake(name) is null;

    /// <summary>Refuses what is not a name.</summary>
    /// <exception cref="ArgumentException">Says what is wrong with it.</exception>
    public static void Require(string name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (Mistake(name) is { } mistake)
        {
            throw new ArgumentException(
                $"blob name \"{name}\": expected parts of A–Z, a–z, 0–9, '.', '_' and '-' between slashes, found {mistake}; choose another name", parameter);
        }
    }

    /// <summary>Refuses what is neither a name nor empty.</summary>
    /// <exception cref="ArgumentException">Says what is wrong with it.</exception>
    public static void RequirePrefix(string prefix, [CallerArgumentExpression(nameof(prefix))] string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(prefix, parameter);
        if (prefix.Length > 0)
        {
            Require(prefix, parameter);
        }
    }

    /// <summary>Whether a name lies beneath a prefix, part by part.</summary>
    internal static bool IsBeneath(string name, string prefix) =>
        prefix.Length == 0 ||
        (name.Length > prefix.Length + 1 && name[prefix.Length] == '/' && name.StartsWith(prefix, StringComparison.Ordinal));

    private static string? Mistake(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
        {
            return name.Length == 0 ? "an empty name" : $"{name.Length} characters, over {MaxNameLength}";
        }

        foreach (string part in name.Split('/'))
        {
            if (part.Length is 0 or > MaxPartLength)
            {
                return part.Length == 0 ? "an empty part" : $"a part of {part.Length} characters, over {MaxPartLength}";
            }

            if (part[0] == '.' || part.EndsWith(FileSuffix, StringComparison.OrdinalIgnoreCase))
            {
                return $"the part \"{part}\", which begins with a dot or ends in {FileSuffix}";
            }

            foreach (char character in part)
            {
                if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
                {
                    return $"the character '{character}'";
                }
            }
        }

        return null;
    }
}
