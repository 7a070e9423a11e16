using DistRec.Cli.Jobs;
using DistRec.Cli.Sources;

namespace DistRec.Cli.Tests;

public sealed class DataRootTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DataRoot _root;

    public DataRootTests()
    {
        Directory.CreateDirectory(_folder["root/films"]);
        Directory.CreateDirectory(_folder["outside"]);
        _folder.Write("root/films/ratings.csv", "1,2,3");
        _folder.Write("root/single.csv", "1,2,3");
        _folder.Write("outside/ratings.csv", "1,2,3");
        _folder.Write("outside/movies.csv", "1,title");
        _root = new DataRoot(_folder["root"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("films")]
    [InlineData("films/ratings.csv")]
    [InlineData("./films")]
    [InlineData("single.csv")]
    [InlineData("nothing/of/that/name")]
    public void What_is_in_the_folder_may_be_read_whether_it_is_there_or_not(string text)
    {
        _root.FindFault(text).ShouldBeNull();
        _root.PathOf(text).ShouldStartWith(_folder["root/"]);
    }

    [Fact]
    public void A_full_path_in_the_folder_may_be_read() => _root.FindFault(_folder["root/films"]).ShouldBeNull();

    [Theory]
    [InlineData("../outside/ratings.csv")]
    [InlineData("films/../../outside")]
    [InlineData("films/..")]
    [InlineData("..")]
    public void What_goes_up_may_not(string text) => _root.FindFault(text).ShouldBe("which goes up");

    [Fact]
    public void What_is_outside_may_not_whether_it_is_there_or_not()
    {
        _root.FindFault(_folder["outside/ratings.csv"]).ShouldBe("which is outside of it");
        _root.FindFault(_folder["outside/nothing"]).ShouldBe("which is outside of it");
        _root.FindFault(_folder["root2"]).ShouldBe("which is outside of it");
        _root.FindFault("/etc/passwd").ShouldBe("which is outside of it");
    }

    [Fact]
    public void No_link_leads_out()
    {
        File.CreateSymbolicLink(_folder["root/file.csv"], _folder["outside/ratings.csv"]);
        Directory.CreateSymbolicLink(_folder["root/folder"], _folder["outside"]);
        Directory.CreateSymbolicLink(_folder["root/films/up"], "../../outside");
        File.CreateSymbolicLink(_folder["root/twice.csv"], _folder["root/file.csv"]);

        foreach (string text in new[] { "file.csv", "folder", "folder/ratings.csv", "films/up/ratings.csv", "twice.csv" })
        {
            _root.FindFault(text).ShouldBe("with which a file outside of it would be read", text);
        }
    }

    // Reading ratings reads the titles beside them.
    [Fact]
    public void No_file_that_is_read_along_leads_out()
    {
        File.CreateSymbolicLink(_folder["root/films/movies.csv"], _folder["outside/movies.csv"]);

        _root.FindFault("films").ShouldBe("with which a file outside of it would be read");
        _root.FindFault("films/ratings.csv").ShouldBe("with which a file outside of it would be read");
    }

    // The Netflix Prize has its titles a folder above the ratings.
    [Fact]
    public void No_file_above_the_folder_is_read_along()
    {
        _folder.Write("root/mv_0000001.txt", "1:", "2,3,2005-01-01");
        _root.FindFault("mv_0000001.txt").ShouldBeNull();

        _folder.Write("movie_titles.txt", "1,2003,Title");

        _root.FindFault("mv_0000001.txt").ShouldBe("with which a file outside of it would be read");
    }

    [Fact]
    public void A_link_within_the_folder_may_be_read_and_one_without_an_end_may_not()
    {
        File.CreateSymbolicLink(_folder["root/also.csv"], "films/ratings.csv");
        File.CreateSymbolicLink(_folder["root/circle"], "circle");

        _root.FindFault("also.csv").ShouldBeNull();
        _root.FindFault("circle").ShouldBe("with which a file outside of it would be read");
    }

    [Fact]
    public void A_folder_that_is_a_link_itself_is_the_one_it_leads_to()
    {
        Directory.CreateSymbolicLink(_folder["link"], _folder["root"]);

        new DataRoot(_folder["link"]).FindFault("films/ratings.csv").ShouldBeNull();
    }
}
