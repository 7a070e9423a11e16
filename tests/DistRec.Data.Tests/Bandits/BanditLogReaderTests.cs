namespace DistRec.Data.Tests.Bandits;

public sealed class BanditLogReaderTests : IDisposable
{
    private const string Header = ",timestamp,item_id,position,click,propensity_score,user_feature_0";
    private const string Events = "kind,user,item,value,answer,experiment,arm,propensity";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_have_arm_context_reward_and_propensity()
    {
        Write("item_context.csv", ",item_id,item_feature_0", "0,0,-0.6", "1,7,0.2", "2,9,0.1");
        Write("men.csv", Header, "0,2019-11-24,9,3,0,0.25,u", "1,2019-11-24,7,1,1,5e-1,v", "", "2,2019-11-24,9,3,0,1,\"v\"");

        BanditLog log = BanditLogReader.Read(_folder.Path, new BanditReadOptions());

        log.Arms.ShouldBe(["0", "7", "9"]);
        log.Chosen.ShouldBe([2, 1, 2]);
        log.Contexts.ShouldBe(["3", "1"]);
        log.ContextOf.ShouldBe([0, 1, 0]);
        log.Rewards.ShouldBe([0, 1, 0]);
        log.Propensities.ShouldBe([0.25, 0.5, 1]);
        log.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Columns_that_are_named_make_up_the_context()
    {
        string path = Write("men.csv", Header, "0,t,9,3,0,0.25,u", "1,t,7,1,1,0.5,u", "2,t,9,3,0,1,v", "3,t,9,3,0,1,u");

        BanditLogReader.Read(path, new BanditReadOptions { Context = ["position", "user_feature_0"] }).ContextOf.ShouldBe([0, 1, 2, 0]);
        BanditLogReader.Read(path, new BanditReadOptions { Context = ["user_feature_0"] }).Contexts.ShouldBe(["u", "v"]);
        BanditLogReader.Read(path, new BanditReadOptions { Context = [] }).Contexts.ShouldBe([""]);
    }

    [Fact]
    public void Without_a_list_of_items_those_that_were_shown_are_all_and_that_is_told()
    {
        string path = Write("log.csv", "action,reward,pscore", "b,0.5,0.2", "a,-3,0.8");

        BanditLog log = BanditLogReader.Read(path, new BanditReadOptions());

        log.Arms.ShouldBe(["b", "a"]);
        log.Rewards.ShouldBe([0.5, -3]);
        log.Contexts.ShouldBe([""]);
        log.Notes.ShouldHaveSingleItem().ShouldContain("its 2 items are taken for all there are");
    }

    [Fact]
    public void Gzipped_logs_and_such_with_other_line_ends_are_the_same()
    {
        string path = _folder.WriteGzip("log.csv.gz", $"{Header}\r\n0,t,9,3,0,0.25,u\r\n1,t,7,1,1,0.5,v");

        BanditLog log = BanditLogReader.Read(path, new BanditReadOptions());

        (log.Count, log.Propensities[1], log.Contexts[0]).ShouldBe((2, 0.5, "3"));
    }

    [Fact]
    public void An_answer_is_a_row_whatever_events_name_it()
    {
        string path = Write(
            "events.csv", Events, "impression,u1,i1,,A1,test,old,0.5", "impression,u1,i2,,A1,test,old,0.5", "click,u1,i2,,A1,test,old,0.5",
            "click,u1,i1,,A1,test,old,0.5", "rating,u1,i1,4,,,,", "impression,u2,i1,,A2,test,new,0.25", "view,u2,i1,,A2,test,new,0.25");

        BanditLog clicks = BanditLogReader.Read(path, new BanditReadOptions());
        BanditLog views = BanditLogReader.Read(path, new BanditReadOptions { Goal = "view", Experiment = "test" });

        clicks.Arms.ShouldBe(["old", "new"]);
        (clicks.Rewards, clicks.Propensities, clicks.Chosen).ShouldSatisfyAllConditions(
            log => log.Rewards.ShouldBe([1, 0]), log => log.Propensities.ShouldBe([0.5, 0.25]), log => log.Chosen.ShouldBe([0, 1]));
        clicks.Notes.ShouldHaveSingleItem().ShouldStartWith("1 events");
        views.Rewards.ShouldBe([0, 1]);
    }

    [Fact]
    public void Of_several_experiments_one_has_to_be_named()
    {
        string path = Write("events.csv", Events, "impression,u,i,,A1,one,a,0.5", "impression,u,i,,A2,two,b,0.25");

        Refusal(path).ShouldBe("events.csv: expected events of one experiment, found one, two; name the one to look at");
        BanditLogReader.Read(path, new BanditReadOptions { Experiment = "two" }).Arms.ShouldBe(["b"]);
        Refusal(path, new BanditReadOptions { Experiment = "three" }).ShouldContain("expected answers of the experiment three, found none");
        Refusal(path, new BanditReadOptions { Context = ["position"] }).ShouldContain("expected no context");
    }

    [Theory]
    [InlineData("0,t,9,3,0,0,u", "log.csv:3: expected a propensity above 0, at most 1, found \"0\"")]
    [InlineData("0,t,9,3,0,1.5,u", "log.csv:3: expected a propensity above 0, at most 1, found \"1.5\"")]
    [InlineData("0,t,9,3,0,NaN,u", "log.csv:3: expected a propensity above 0")]
    [InlineData("0,t,9,3,0,,u", "log.csv:3: expected a propensity above 0, at most 1, found nothing")]
    [InlineData("0,t,,3,0,0.5,u", "log.csv:3: expected an item id, found nothing")]
    [InlineData("0,t,9,3,yes,0.5,u", "log.csv:3: expected a finite number as reward, such as 0 or 1, found \"yes\"")]
    [InlineData("0,t,9,3,Infinity,0.5,u", "log.csv:3: expected a finite number as reward")]
    [InlineData("0,t,9,3,0,0.5", "log.csv:3: expected 7 fields separated by commas, found 6")]
    public void A_wrong_line_is_named(string line, string message) =>
        Refusal(Write("log.csv", Header, "0,t,9,3,0,0.25,u", line)).ShouldStartWith(message);

    [Fact]
    public void Wrong_lines_are_named_together_up_to_five()
    {
        string message = Refusal(Write("log.csv", [Header, .. Enumerable.Repeat("0,t,9,3,0,7,u", 8)]));

        message.Split(Environment.NewLine).Length.ShouldBe(6);
        message.ShouldContain("log.csv:6:");
        message.ShouldEndWith("and 3 more lines like these");
    }

    [Theory]
    [InlineData("", "log.csv: expected a line of column names, found none")]
    [InlineData("item_id,click\n1,0\n", "log.csv:1: expected a column named propensity_score or action_prob or propensity or pscore, found item_id, click")]
    [InlineData("item_id,click,click,pscore\n1,0,0,1\n", "log.csv:1: expected each column name once, found \"click\" 2 times")]
    [InlineData("item_id,click,pscore\n", "log.csv: expected rows of impressions, found none")]
    [InlineData("kind,answer,arm,propensity\nclck,A,a,1\n", "log.csv:2: expected one of impression, click, view, conversion, rating as kind, found \"clck\"")]
    [InlineData("kind,answer,arm,propensity\nclick,A,a,1\nclick,A,b,1\n", "log.csv:3: expected arm and propensity of the answer's events before it, a and 1")]
    [InlineData("kind,answer,arm,propensity\nclick,A,a,\n", "log.csv:2: expected a propensity")]
    [InlineData("kind,answer,arm,propensity\nrating,,,\n", "log.csv: expected answers of an experiment, found none")]
    public void A_file_that_is_no_log_is_named(string text, string message)
    {
        File.WriteAllText(At("log.csv"), text);

        Refusal(At("log.csv")).ShouldStartWith(message);
    }

    [Fact]
    public void Paths_and_lists_of_items_that_do_not_fit_are_named()
    {
        Write("log.csv", Header, "0,t,9,3,0,0.25,u");
        Refusal(At("missing.csv")).ShouldContain("expected a file, found none");
        Refusal(At("log.csv"), new BanditReadOptions { Context = ["age"] }).ShouldStartWith("log.csv:1: expected a column named age");
        Refusal(At("log.csv"), new BanditReadOptions { Experiment = "x" }).ShouldContain("leave the experiment out");

        Write("item_context.csv", "item_id", "1", "2");
        Refusal(At("log.csv")).ShouldStartWith("log.csv:2: expected an item of item_context.csv, found \"9\"");
        Write("item_context.csv", "item_id", "1", "1");
        Refusal(At("log.csv")).ShouldStartWith("item_context.csv:3: expected each item once");

        Write("second.csv", Header);
        Refusal(_folder.Path).ShouldContain("expected one file of comma-separated values beside item_context.csv, found log.csv, second.csv");
    }

    private static string Refusal(string path, BanditReadOptions? options = null) =>
        Should.Throw<InputException>(() => BanditLogReader.Read(path, options ?? new BanditReadOptions())).Message;

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Write(string name, params string[] lines) => _folder.Write(name, string.Join('\n', lines) + "\n");
}
