using Spectre.Console;

namespace DistRec.Cli.Output;

/// <summary>Text for people: colours and widths where a terminal reads it, plain wide lines where a file does.</summary>
internal static class Screen
{
    private const int PlainWidth = 160;

    /// <summary>A console on one of the host's streams.</summary>
    public static IAnsiConsole On(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(VisibleWriter.Behind(writer)),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = PlainWidth;
            console.Profile.Capabilities.Unicode = true;
        }

        console.Pipeline.Attach(new VisibleHook());
        return console;
    }

    /// <summary>The console for results.</summary>
    public static IAnsiConsole ForResults(CliHost host) => On(host.Output, host.OutputIsTerminal);

    /// <summary>A table without lines around it.</summary>
    /// <param name="columns">Titles; a trailing <c>&gt;</c> aligns a column to the right.</param>
    public static Table TableOf(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
        {
            bool isNumber = column.EndsWith('>');
            var header = new TableColumn(new Text(column.TrimEnd('>')));
            table.AddColumn(isNumber ? header.RightAligned() : header);
        }

        return table;
    }

    /// <summary>Adds a row of texts, whatever characters are in them.</summary>
    public static void AddTexts(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    /// <summary>Names and values below each other.</summary>
    public static Grid Pairs(params IEnumerable<(string Name, string Value)> pairs)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach ((string name, string value) in pairs)
        {
            grid.AddRow(new Text(name), new Text(value));
        }

        return grid;
    }
}
