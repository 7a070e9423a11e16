using System.Globalization;

namespace DistRec.Cli.Arguments;

/// <summary>
/// The options that a person gave, read as values. A wrong text is a mistake and reads as the fallback, so that the
/// mistakes after it are found as well; call <see cref="Mistakes.ThrowIfAny"/> before acting on the values.
/// </summary>
internal sealed class GivenOptions(IReadOnlyDictionary<string, GivenValue> values, Mistakes mistakes)
{
    /// <summary>Everything wrong so far.</summary>
    public Mistakes Mistakes => mistakes;

    /// <summary>Where paths are looked for, and nowhere else; null for the working folder and any other place.</summary>
    public DataRoot? Root { get; init; }

    /// <summary>The given texts by option name.</summary>
    public IReadOnlyDictionary<string, GivenValue> Values => values;

    /// <summary>Whether an option was given.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>Where an option was given, or would be.</summary>
    public string PlaceOf(string name) => values.TryGetValue(name, out GivenValue given) ? given.Place : $"--{name}";

    /// <summary>The text of an option, or null.</summary>
    public string? Text(string name) => values.TryGetValue(name, out GivenValue given) ? given.Text : null;

    /// <summary>Each of these options that was given is a mistake: where it has no effect, or no sense.</summary>
    public void Refuse(IReadOnlyList<string> names, string expected, string advice)
    {
        foreach (string name in names)
        {
            if (values.TryGetValue(name, out GivenValue given))
            {
                mistakes.Add(given.Place, expected, Quote(given.Text), advice);
            }
        }
    }

    /// <summary>The text of an option that must be given; empty where it is not.</summary>
    public string Required(string name, string expected, string advice)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            mistakes.Add($"--{name}", expected, "nothing", advice);
            return "";
        }

        return given.Text;
    }

    /// <summary>Whether a flag is set.</summary>
    public bool Flag(string name)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return false;
        }

        if (!bool.TryParse(given.Text, out bool isSet))
        {
            mistakes.Add(given.Place, "true or false", Quote(given.Text), "leave it out for false");
        }

        return isSet;
    }

    /// <summary>A whole number within limits.</summary>
    public int Integer(string name, int fallback, int minimum, string advice, int maximum = int.MaxValue) =>
        (int)Integer(name, (long)fallback, minimum, advice, maximum);

    /// <inheritdoc cref="Integer(string, int, int, string, int)"/>
    public long Integer(string name, long fallback, long minimum, string advice, long maximum = long.MaxValue)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return fallback;
        }

        if (long.TryParse(given.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= minimum && value <= maximum)
        {
            return value;
        }

        string range = minimum == int.MinValue ? "a whole number"
            : maximum is long.MaxValue or int.MaxValue ? $"a whole number of at least {minimum}"
            : $"a whole number from {minimum} to {maximum}";
        mistakes.Add(given.Place, range, Quote(given.Text), advice);
        return fallback;
    }

    /// <summary>A whole number whose range is checked elsewhere.</summary>
    public int AnyInteger(string name, int fallback) =>
        Integer(name, fallback, int.MinValue, "give digits alone");

    /// <summary>A seed.</summary>
    public ulong Seed(string name, ulong fallback)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return fallback;
        }

        if (ulong.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return value;
        }

        mistakes.Add(given.Place, "a whole number of at least 0", Quote(given.Text), $"leave it out for {fallback}");
        return fallback;
    }

    /// <summary>A number whose range is checked elsewhere; NaN and infinities are read, to be refused there.</summary>
    public float AnyNumber(string name, float fallback)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return fallback;
        }

        if (float.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
        {
            return value;
        }

        mistakes.Add(given.Place, "a number", Quote(given.Text), "write it as 0.05");
        return fallback;
    }

    /// <summary>A finite number, or null where none is given.</summary>
    public double? Finite(string name)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return null;
        }

        if (double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
        {
            return value;
        }

        mistakes.Add(given.Place, "a finite number", Quote(given.Text), "write it as 0.5");
        return null;
    }

    /// <summary>A number within limits.</summary>
    public double Number(string name, double fallback, double minimum, double maximum, string advice)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return fallback;
        }

        if (double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        mistakes.Add(given.Place, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"), Quote(given.Text), advice);
        return fallback;
    }

    /// <summary>A share from 0 up to, but not including, 1.</summary>
    public double Share(string name, double fallback)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return fallback;
        }

        if (double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1)
        {
            return value;
        }

        mistakes.Add(given.Place, "a share from 0 up to, but not including, 1", Quote(given.Text), "0.1 keeps a tenth aside, 0 nothing");
        return fallback;
    }

    /// <summary>One of a few words, each with what it stands for; the first is the default.</summary>
    public T OneOf<T>(string name, string advice, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return words[0].Value;
        }

        string[] known = new string[words.Length];
        for (int index = 0; index < words.Length; index++)
        {
            if (words[index].Word == given.Text)
            {
                return words[index].Value;
            }

            known[index] = words[index].Word;
        }

        mistakes.Add(given.Place, $"one of {string.Join(", ", known)}", Quote(given.Text), Spelling.Advise(given.Text, known) ?? advice);
        return words[0].Value;
    }

    /// <summary>An existing file or folder, as a path; null where the option is not given.</summary>
    public string? ExistingPath(string name, string expected, string advice)
    {
        if (!values.TryGetValue(name, out GivenValue given))
        {
            return null;
        }

        string? path = PathOf(name, given.Text);
        if (path is not null && !Path.Exists(path))
        {
            mistakes.Add(given.Place, expected, $"nothing at {Quote(given.Text)}", advice);
        }

        return path ?? given.Text;
    }

    /// <summary>The path that an option names, of a file where it is a pipe; null where it must not be read, which is a mistake whatever is there.</summary>
    public string? PathOf(string name, string text)
    {
        if (Root?.FindFault(text) is not { } fault)
        {
            return Root?.PathOf(text) ?? CommandPipes.FileOf(text);
        }

        mistakes.Add(
            PlaceOf(name), "a path in the server's folder of data", $"{Quote(text)}, {fault}", "name a file or folder in it, or start the server with another --data-root");
        return null;
    }

    /// <summary>A text as messages show it.</summary>
    public static string Quote(string text) => $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\"";
}
