using System.CommandLine;
using System.Text.RegularExpressions;
using DistRec.Cli.Arguments;

namespace DistRec.Cli.Tests;

public sealed partial class AdviceTests
{
    // A message once advised --decimal-comma, which no verb had. --format is an option of tar.
    [Fact]
    public void Every_option_that_a_message_names_is_one_that_can_be_typed()
    {
        string source = Path.Combine(ContainerFiles.Root, "src");
        CliHost host = new() { Output = TextWriter.Null, Error = TextWriter.Null };
        HashSet<string> known = ["help", "version", "format", .. CommandList.All.SelectMany(command => OptionsOf(command.Build(host, new HelpText())))];
        string[] unknown =
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Where(file => !Built().IsMatch(file) && !file.Contains("DistRec.Evaluation/Reports", StringComparison.Ordinal))
                .SelectMany(file => File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                    .SelectMany(line => Named().Matches(line)).Select(name => name.Groups[1].Value)
                    .Where(name => !known.Contains(name)).Select(name => $"{Path.GetFileName(file)}: --{name}")),
        ];

        known.Count.ShouldBeGreaterThan(80);
        unknown.ShouldBeEmpty();
    }

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Select(option => option.Name.TrimStart('-')).Concat(command.Subcommands.SelectMany(OptionsOf));

    [GeneratedRegex(@"(?<![\w-])--((?>[a-z][a-z0-9-]*[a-z0-9]))(?!\.\w)")]
    private static partial Regex Named();

    [GeneratedRegex(@"[/\\](obj|bin)[/\\]")]
    private static partial Regex Built();
}
