using DistRec.Models.Queries;

namespace DistRec.Cli.Queries;

/// <summary>What an answer rests on, in words.</summary>
internal static class AnswerText
{
    public static string Describe(Answer answer, Asker asker) => answer switch
    {
        Answer.Known when asker.Basis is { } basis => basis,
        Answer.ColdItem when asker.Basis is { } basis => $"{basis}, the item has no training ratings: mean + user bias",
        Answer.Known => "user and item were trained",
        Answer.ColdUser => "the user has no training ratings: mean + item bias",
        Answer.ColdItem => "the item has no training ratings: mean + user bias",
        _ => "neither user nor item has training ratings: the mean",
    };
}
