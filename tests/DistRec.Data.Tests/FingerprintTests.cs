namespace DistRec.Data.Tests;

public sealed class FingerprintTests
{
    [Fact]
    public void It_changes_with_a_rating_an_id_or_a_time_and_with_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string[] texts =
        [
            "1,2,3,4\n1,3,4,5\n", "1,2,3,4\n1,3,4.5,5\n", "1,2,3,4\n1,9,4,5\n", "5,2,3,4\n5,3,4,5\n", "1,2,3,4\n1,3,4,6\n", "1,2,3\n1,3,4\n",
        ];

        string[] prints = [.. texts.Select((text, index) => RatingReader.Read(folder.Write($"{index}.csv", text)).Fingerprint)];

        prints.Distinct().Count().ShouldBe(texts.Length);
        prints[0].Length.ShouldBe(64);
        RatingReader.Read(folder.Write("same.txt", "1 2 3 4\n1 3 4.0 5\n")).Fingerprint.ShouldBe(prints[0]);
    }
}
