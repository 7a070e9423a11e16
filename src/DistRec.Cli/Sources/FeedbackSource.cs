using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DistRec.Cli.Sources;

/// <summary>N(u) of a job: the pairs that count as feedback of users on items.</summary>
internal static class FeedbackSource
{
    /// <summary>The data with the pairs of the job's file of feedback, where it has one.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static JobData AddFile(TrainJob job, JobData data, CliHost host, IStageView stages)
    {
        if (job.FeedbackFile is not { } path)
        {
            return data;
        }

        stages.Show("reading", 0, "feedback");
        return data with { FeedbackFile = FeedbackReader.Read(data.Data.Users, data.Data.Items, path, job.Read.Threads, cancellation: host.Stop) };
    }

    /// <summary>[users, items] of feedback; null where the training ratings say it all.</summary>
    public static RatingMatrix? PairsOf(TrainJob job, JobData data)
    {
        RatingSplit split = data.Split;
        return job.AllPairsAreFeedback ? RatingMatrix.UnionOfPairs(new[] { split.Train, split.Validation, split.Test }.OfType<RatingMatrix>())
            : data.FeedbackFile is { } file ? RatingMatrix.UnionOfPairs([split.Train, file.Pairs])
            : null;
    }

    /// <summary>What of the file was not used.</summary>
    public static IReadOnlyList<string> NotesOf(JobData data) => data.FeedbackFile is not { UnknownUsers: > 0 } and not { UnknownItems: > 0 }
        ? []
        : [$"{data.FeedbackFile!.Name}: {Quantity.Of(data.FeedbackFile.UnknownUsers, "user")} and {Quantity.Of(data.FeedbackFile.UnknownItems, "item")} that the ratings do not have are left out"];

    /// <summary>Identifies the pairs of the file; empty without one.</summary>
    public static string FingerprintOf(JobData data)
    {
        if (data.FeedbackFile is not { } file)
        {
            return "";
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(file.Pairs.RowStarts.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(file.Pairs.Columns.AsSpan()));
        return $" feedback {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
