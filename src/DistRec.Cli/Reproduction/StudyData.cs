using System.Security.Cryptography;
using System.Text;
using DistRec.Numerics.Random;

namespace DistRec.Cli.Reproduction;

/// <summary>The data of a study.</summary>
/// <param name="Path">The folder that trainings read.</param>
/// <param name="Description">Its size, and whether it has times.</param>
/// <param name="Fingerprint">SHA-256 over its files.</param>
internal sealed record StudyData(string Path, string Description, string Fingerprint)
{
    /// <summary>Finds the data, and draws users where a study is of some of them.</summary>
    /// <exception cref="InputException">It cannot be read, or the drawn part not be written.</exception>
    public static async Task<StudyData> PrepareAsync(Study study, ReproductionPlan plan, CliHost host, IStageView stages)
    {
        string path = plan.PathOf(study);
        ReadOptions how = new() { Threads = plan.Threads };
        RatingData data = await DataSource.ReadAsync(new DataChoice.AtPath(path), how, host, stages);
        if (study.Users is { } users)
        {
            string drawn = System.IO.Path.Combine(plan.Folder, study.DataName);
            data = Draw(data, users, plan.Seed);
            RatingWriter.WriteCsv(data, System.IO.Path.Combine(drawn, "ratings.dat"), cancellation: host.Stop);
            SideFiles sides = SideFiles.Near(path);
            foreach (string side in new[] { sides.Users, sides.Items }.OfType<string>())
            {
                File.Copy(side, System.IO.Path.Combine(drawn, System.IO.Path.GetFileName(side)), overwrite: true);
            }

            path = drawn;
        }

        int raters = Partitioner.RowCounts(data.Ratings).Count(count => count > 0);
        string size = Quantity.Ratings(data.Ratings.Count, data.Ratings.Columns.Distinct().Count(), raters);
        return new StudyData(path, $"{size}, {(data.Ratings.Timestamps is null ? "without" : "with")} times", FingerprintOf(path));
    }

    /// <summary>The ratings of some users, drawn by a seed; all ratings where there are no more users.</summary>
    public static RatingData Draw(RatingData data, int users, ulong seed)
    {
        RatingMatrix all = data.Ratings;
        bool[] isDrawn = new bool[all.RowCount];
        foreach (int user in EntityOrder.Shuffle(all.RowCount, seed, RandomPurpose.Resample).Take(users))
        {
            isDrawn[user] = true;
        }

        long[] starts = new long[all.RowCount + 1];
        List<int> columns = [];
        List<float> values = [];
        List<long> times = [];
        for (int user = 0; user < all.RowCount; user++)
        {
            if (isDrawn[user])
            {
                columns.AddRange(all.RowColumns(user));
                values.AddRange(all.RowValues(user));
                times.AddRange(all.Timestamps is { } stamps ? stamps.AsSpan((int)all.RowStarts[user], all.RowLength(user)) : []);
            }

            starts[user + 1] = columns.Count;
        }

        RatingMatrix drawn = new(all.ColumnCount, starts, [.. columns], [.. values], all.Timestamps is null ? null : [.. times]);
        return RatingData.Create(data.Name, drawn, data.Users, data.Items, data.Titles);
    }

    private static string FingerprintOf(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] files = File.Exists(path) ? [path] : Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetRelativePath(path, file)));
            using FileStream stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
