namespace DistRec.Data.Tests.Readers;

public sealed class ReadPairTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_parts_share_ids_and_those_of_the_training_file_come_first()
    {
        string train = _folder.Write("train.tsv", "7\ta\t1\n3\tb\t2\n");
        string test = _folder.Write("test.tsv", "9\tb\t3\n3\tc\t4\n7\tb\t5\n");

        GivenSplit pair = RatingReader.ReadPair(train, test);

        pair.Data.Users.Ids.ShouldBe(["7", "3", "9"]);
        pair.Data.Items.Ids.ShouldBe(["a", "b", "c"]);
        pair.ColdUserCount.ShouldBe(1);
        pair.ColdItemCount.ShouldBe(1);
        RatingText.Of(pair.Data, pair.Split.Train).ShouldBe(["7 a 1", "3 b 2"]);
        RatingText.Of(pair.Data, pair.Split.Test).ShouldBe(["7 b 5", "3 c 4", "9 b 3"]);
        pair.Split.Validation.ShouldBeNull();
        pair.Split.Train.RowCount.ShouldBe(3);
    }

    [Fact]
    public void A_pair_that_stands_in_both_files_is_refused()
    {
        string train = _folder.Write("train.tsv", "7\ta\t1\n3\tb\t2\n");
        string test = _folder.Write("test.tsv", "3\tb\t3\n");

        Should.Throw<InputException>(() => RatingReader.ReadPair(train, test)).Message
            .ShouldBe("test.tsv: expected pairs of user and item that the training file does not have, found 1 that it has, the first being user \"3\" and item \"b\"; remove them from one of the files");
    }

    [Fact]
    public void Ratings_can_be_read_over_ids_that_are_known_already()
    {
        var users = new IdMap(["9", "text", "5"]);

        RatingData data = RatingReader.ReadInto(users, new IdMap(["b"]), _folder.Write("more.csv", "5,a,1\n6,b,2\ntext,b,3\n"));

        data.Users.Ids.ShouldBe(["9", "text", "5", "6"]);
        data.Items.Ids.ShouldBe(["b", "a"]);
        RatingText.Of(data).ShouldBe(["text b 3", "5 a 1", "6 b 2"]);
        users.Count.ShouldBe(3);
    }

    [SkippableFact]
    public void The_five_folds_of_movielens_100k_are_disjoint_and_whole()
    {
        string folder = RealData.Path("ml-100k");

        GivenSplit pair = RatingReader.ReadPair(Path.Combine(folder, "u1.base"), Path.Combine(folder, "u1.test"));

        pair.Split.Train.Count.ShouldBe(80_000);
        pair.Split.Test!.Count.ShouldBe(20_000);
        pair.Data.Users.Count.ShouldBe(943);
        pair.Data.Items.Count.ShouldBe(1_682);
    }
}
