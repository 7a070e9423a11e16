using DistRec.Training.Storage;

namespace DistRec.Serving.Registry;

/// <summary>
/// What a model may be called: 1 to 64 characters of a–z, 0–9, '.', '_' and '-', the first and the last of them a letter or a digit. It is part of
/// addresses and of files' names, also where those tell no capital letters from small ones.
/// </summary>
public static class ModelName
{
    /// <summary>Characters of a name, at most.</summary>
    public const int MaxLength = 64;

    /// <summary>A name after a folder's: capital letters become small ones, and what a name has no letters for a hyphen.</summary>
    public static string Of(string folder)
    {
        string given = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).ToLowerInvariant();
        string name = string.Concat(given.Select(character => IsPlain(character) || character is '.' or '_' ? character : '-'));
        name = name[..Math.Min(name.Length, MaxLength)].Trim('-', '.', '_');
        return name.Length == 0 ? "model" : name;
    }

    /// <summary>Refuses what is none.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static void Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxLength || !name.All(character => IsPlain(character) || character is '.' or '_' or '-')
            || !IsPlain(name[0]) || !IsPlain(name[^1]) || !BlobName.IsValid(name))
        {
            throw InputException.At(
                "the model's name", $"1 to {MaxLength} characters of a-z, 0-9, '.', '_' and '-', the first and the last a letter or a digit", $"\"{name}\"",
                "choose another name");
        }
    }

    private static bool IsPlain(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character);
}
