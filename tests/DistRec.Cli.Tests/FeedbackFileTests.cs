using System.Text.Json;
using DistRec.Models.Feedback;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;

namespace DistRec.Cli.Tests;

public sealed class FeedbackFileTests : IDisposable
{
    // [users, items] = [20, 30], each user has rated ten of the first twenty items; nobody but user 0 has rated any of the others.
    private static readonly string[] Ratings =
    [
        "user,item,rating", .. Enumerable.Range(0, 200).Select(index => $"u{index / 10},{((index % 10) * 2) + (index / 10 % 2)},{(index * 7 % 9 / 2.0) + 0.5}"),
        .. Enumerable.Range(20, 10).Select(item => $"u0,{item},3"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("svd++")]
    [InlineData("asvd")]
    public async Task A_pair_of_the_file_is_part_of_the_users_vector(string kind)
    {
        string pairs = _folder.Write("pairs.csv", "u3,25", "u3,26");
        JsonElement json = await TrainAsync(kind, "with", "--implicit-file", pairs);
        await TrainAsync(kind, "without");

        json.GetProperty("settings").GetProperty("implicit").GetString().ShouldBe("file");
        json.GetProperty("settings").GetProperty("implicitFile").GetString().ShouldBe("pairs.csv");
        json.GetProperty("notes").EnumerateArray().ShouldBeEmpty();

        SavedModel saved = ModelFolder.Load(_folder["with"]);
        SavedModel other = ModelFolder.Load(_folder["without"]);
        saved.Users.TryGetIndex("u3", out int user).ShouldBeTrue();
        saved.Items.TryGetIndex("25", out int item).ShouldBeTrue();
        saved.Model.UserFactors!.Row(user).ToArray().ShouldNotBe(other.Model.UserFactors!.Row(user).ToArray());
        saved.Model.Feedback!.Implicit!.Row(item).ToArray().ShouldNotBe(other.Model.Feedback!.Implicit!.Row(item).ToArray());

        // The vector of asvd is z_u alone, so it can be taken again: from R(u) with the two pairs, not without.
        if (kind == "asvd")
        {
            int[] rated = saved.Ratings!.RowColumns(user).ToArray();
            float[] known = saved.Model.UserFactors.Row(user).ToArray();
            Distance(Describe(saved, user, [.. rated, item, item + 1]), known).ShouldBeLessThan(1e-5);
            Distance(Describe(saved, user, rated), known).ShouldBeGreaterThan(1e-4);
        }
    }

    [Fact]
    public async Task What_the_ratings_do_not_have_is_noted_with_its_number()
    {
        string pairs = _folder.Write("pairs.csv", "user,item", "u3,25", "stranger,25", "u4,nothing", "u5,nothing");
        JsonElement json = await TrainAsync("svd++", "out", "--implicit-file", pairs);

        json.GetProperty("notes").EnumerateArray().Single().GetString().ShouldBe("pairs.csv: 1 user and 1 item that the ratings do not have are left out");
    }

    [Theory]
    [InlineData("svd++", "u3,25|u4", "pairs.csv:2: expected 2 columns separated by commas, found 1 in \"u4\"")]
    [InlineData("svd++ --implicit all", "u3,25", "--implicit-file: expected feedback from a file or from all ratings, found --implicit all as well; keep one of them")]
    [InlineData("nsvd", "u3,25", "--implicit-file: expected an option of nsvd, found one of svd++, asvd and integrated")]
    [InlineData("svd++ --implicit-file no.csv", null, "--implicit-file: expected a file of user,item pairs, found nothing at \"no.csv\"; check the path")]
    public async Task Mistakes_are_named(string model, string? lines, string expected)
    {
        string[] file = lines is null ? [] : ["--implicit-file", _folder.Write("pairs.csv", lines.Split('|'))];
        CommandResult result = await CommandLine.RunAsync(["train", "--data", Data(), "--quiet", "--out", _folder["out"], .. file, "--model", .. model.Split(' ')]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes[0].ShouldStartWith(expected);
    }

    private string Data() => _folder.Write("ratings.csv", Ratings);

    private Task<JsonElement> TrainAsync(string kind, string to, params string[] more) => CommandLine.JsonAsync(
        ["train", "--data", Data(), "--model", kind, "--rank", "4", "--epochs", "5", "--test-ratio", "0", "--validation-ratio", "0", "--quiet", "--out", _folder[to], .. more]);

    private static float[] Describe(SavedModel saved, int user, int[] feedback)
    {
        FeedbackShape shape = new(saved.Model.Feedback!.Form, saved.Model.Rank);
        FactorTable items = new(saved.Items.Count, shape.ItemWidth);
        for (int item = 0; item < items.Rows; item++)
        {
            saved.Model.ItemFactors!.Row(item).CopyTo(items.Row(item));
            saved.Model.Feedback.Explicit!.Row(item).CopyTo(items.Row(item)[shape.ExplicitStart..]);
            saved.Model.Feedback.Implicit!.Row(item).CopyTo(items.Row(item)[shape.ImplicitStart..]);
        }

        float[] profile = new float[shape.Rank];
        FeedbackKernel.Describe(
            shape, saved.Ratings!.RowColumns(user), saved.Ratings.RowValues(user), feedback, saved.Model.Units, saved.Model.UserBiases[user], [], items,
            saved.Model.ItemBiases, profile);
        return profile;
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
