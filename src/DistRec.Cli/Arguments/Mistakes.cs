namespace DistRec.Cli.Arguments;

/// <summary>Collects everything wrong with a command, to report all of it at once.</summary>
internal sealed class Mistakes
{
    private readonly List<string> _lines = [];

    /// <summary>All mistakes so far, a line each, in the order they were found.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a mistake by its four parts, as <see cref="InputException.At"/>.</summary>
    public void Add(string place, string expected, string found, string advice) =>
        Add(InputException.At(place, expected, found, advice).Message);

    /// <summary>Adds a mistake that is already worded.</summary>
    public void Add(string line)
    {
        if (!_lines.Contains(line))
        {
            _lines.Add(line);
        }
    }

    /// <summary>Ends the command if there are mistakes.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public void ThrowIfAny()
    {
        if (_lines.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, _lines));
        }
    }
}
