using DistRec.Cli.Arguments;

namespace DistRec.Cli;

/// <summary>Everything that can be typed after <c>distrec</c>. A new command is a line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ICliCommand> All { get; } = [];

    /// <summary>A first walk, for <c>distrec</c> alone.</summary>
    public static IReadOnlyList<(string Line, string Purpose)> Examples { get; } = [];
}
