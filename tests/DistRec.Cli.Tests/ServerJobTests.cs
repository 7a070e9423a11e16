using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Tests;

/// <summary>Jobs of a server, trained by what trains those of <c>submit</c>.</summary>
public sealed class ServerJobTests(LocalServer server) : IClassFixture<LocalServer>
{
    // Long enough to be stopped on its way.
    internal const string Long = """{"model":"mf","name":"long","activate":true,"options":{"ratings":4000,"users":120,"items":60,"epochs":400,"patience":0,"partitions":2}}""";

    [Fact]
    public async Task A_job_is_trained_from_its_options_to_the_model_that_answers()
    {
        string data = server.Write("root/ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 900).Select(index => $"u{index % 60},i{index / 60 * 2 + index % 2},{index * 7 % 9 / 2.0 + 0.5}")]);
        JsonElement here = await CommandLine.JsonAsync("train", "--data", data, "--model", "als", "--rank", "4", "--epochs", "3", "--partitions", "3", "--quiet", "--out", server["here"]);

        string id = await server.SubmitAsync("""{"model":"als","data":"ratings.csv","name":"films","activate":true,"options":{"rank":4,"epochs":3,"partitions":3}}""");
        List<SseItem<string>> events = await server.EventsAsync(id);

        events[^1].Data.ShouldBe("""{"state":"completed","reason":"3 epochs done on all ratings, as many as did best on those kept aside"}""");
        SseItem<string>[] numbered = [.. events.Where(one => one.EventId is not null)];
        numbered.Select(one => long.Parse(one.EventId!, CultureInfo.InvariantCulture)).ShouldBeInOrder();
        JsonElement job = await server.GetAsync($"/v1/jobs/{id}");
        job.GetProperty("state").GetString().ShouldBe("completed");
        job.GetProperty("curve").EnumerateArray().Select(epoch => epoch.GetRawText()).ShouldBe(events.Where(one => one.EventType == "epoch").Select(one => one.Data));
        job.GetProperty("curve")[2].GetProperty("validationRmse").GetDouble().ShouldBe(here.GetProperty("curve")[2].GetProperty("validationRmse").GetDouble());
        JsonElement answer = await server.GetAsync("/v1/users/u3/recommendations?n=3");
        answer.GetProperty("served").GetProperty("model").GetString().ShouldBe("films");
        answer.GetProperty("served").GetProperty("modelSha256").GetString().ShouldBe(here.GetProperty("modelSha256").GetString());
        ModelFolder.Load(server[$"data/jobs/{id}/model"]).Description.Metrics["testRmse"].ShouldBe(here.GetProperty("testRmse").GetDouble());
        (await server.EventsAsync(id, numbered[3].EventId)).Select(one => one.Data).ShouldBe(numbered[4..].Select(one => one.Data));

        using HttpResponseMessage removed = await server.Client.DeleteAsync(new Uri($"/v1/jobs/{id}", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.GetAsync("/v1/jobs")).GetProperty("jobs").EnumerateArray().ShouldNotContain(one => one.GetProperty("id").GetString() == id);
        Directory.Exists(server[$"data/jobs/{id}"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--model als --learning-rate 0.1 --rank 0 --epochs many", """{"model":"als","options":{"learning-rate":0.1,"rank":0,"epochs":"many"}}""")]
    [InlineData("--model alss", """{"model":"alss"}""")]
    [InlineData("--threads 4 --resume --checkpoint-every 2", """{"options":{"threads":4,"resume":true,"checkpoint-every":2}}""")]
    [InlineData("--learnin-rate 0.1 --rank 4", """{"options":{"learnin-rate":0.1,"rank":4}}""")]
    [InlineData("--data ratings.csf --min-rating 5 --max-rating 1 --split tim", """{"data":"ratings.csf","options":{"min-rating":5,"max-rating":1,"split":"tim"}}""")]
    [InlineData("--train a --fold 3/2 --test-ratio 0.5", """{"options":{"train":"a","fold":"3/2","test-ratio":0.5}}""")]
    [InlineData("--model fm --task ranking --learner mcmc --user-features none.csv", """{"model":"fm","options":{"task":"ranking","learner":"mcmc","user-features":"none.csv"}}""")]
    [InlineData("--model als-implicit --confidence given --alpha 3 --steps 2 --implicit-file x", """{"model":"als-implicit","options":{"confidence":"given","alpha":3,"steps":2,"implicit-file":"x"}}""")]
    public async Task What_is_wrong_is_told_in_the_words_of_submit(string typed, string request)
    {
        CommandResult submit = await CommandLine.RunAsync(["submit", "--cluster", "http://127.0.0.1:1", "--out", server["model"], .. typed.Split(' ')]);
        string detail = (await server.PostAsync(request, HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!;

        submit.Mistakes.ShouldNotBeEmpty();
        detail.Split('\n').ShouldBe(submit.Mistakes, ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"data":"../secret.csv"}""", "--data: expected a path in the server's folder of data, found \"../secret.csv\", which goes up")]
    [InlineData("""{"data":"/etc/passwd"}""", "--data: expected a path in the server's folder of data, found \"/etc/passwd\", which is outside of it")]
    [InlineData("""{"options":{"train":"/etc/passwd","test":"../x"}}""", "--train: expected a path in the server's folder of data")]
    [InlineData("""{"model":"svd++","options":{"implicit-file":"/etc/passwd"}}""", "--implicit-file: expected a path in the server's folder of data")]
    [InlineData("""{"model":"fm","options":{"user-features":"link.csv"}}""", "--user-features: expected a path in the server's folder of data, found \"link.csv\", with which a file outside of it would be read")]
    [InlineData("""{"data":""}""", "--data: expected one PATH|NAME, found nothing")]
    [InlineData("""{"model":"als","options":{"model":"mf"}}""", "--model: expected each option once")]
    [InlineData("""{"options":{"out":"/tmp/x","watch":true}}""", "--out: expected nothing, since the server submits the job itself")]
    [InlineData("""{"options":{"secret":"0123456789abcdef"}}""", "--secret: expected nothing, since the server submits the job itself, found a value")]
    [InlineData("""{"options":{"rank":{"of":4}}}""", "--rank: expected a value, found something nested")]
    public async Task What_only_a_server_refuses_is_refused_by_name(string request, string expected)
    {
        server.Write("secret.csv", "1,2,3");
        if (!Path.Exists(server["root/link.csv"]))
        {
            File.CreateSymbolicLink(server["root/link.csv"], server["secret.csv"]);
        }

        JsonElement problem = await server.PostAsync(request, HttpStatusCode.BadRequest);

        problem.GetProperty("detail").GetString()!.ShouldStartWith(expected);
        Directory.GetDirectories(server["data/jobs"]).ShouldAllBe(job => File.Exists(Path.Combine(job, "job.json")));
    }

    [Fact]
    public async Task A_job_that_trains_is_cancelled_and_leaves_no_model()
    {
        string id = await server.SubmitAsync(Long);
        await server.FirstEpochAsync(id);

        using HttpResponseMessage cancelled = await server.Client.PostAsync(new Uri($"/v1/jobs/{id}/cancel", UriKind.Relative), null);
        List<SseItem<string>> events = await server.EventsAsync(id);

        cancelled.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        events[^1].Data.ShouldStartWith("""{"state":"cancelled",""");
        Directory.Exists(server[$"data/jobs/{id}/model"]).ShouldBeFalse();
    }

}
