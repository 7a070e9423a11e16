namespace DistRec.Cli.Arguments;

/// <summary>A text that a person gave for an option.</summary>
/// <param name="Text">The text; <c>true</c> for a flag.</param>
/// <param name="Place">Where it stands, for messages: <c>--rank</c> or <c>job.yaml:7: rank</c>.</param>
internal readonly record struct GivenValue(string Text, string Place);
