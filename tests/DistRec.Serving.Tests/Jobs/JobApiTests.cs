using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DistRec.Serving.Tests.Api;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Tests.Jobs;

[Collection(StreamCount.Collection)]
public sealed class JobApiTests(JobServer server) : IClassFixture<JobServer>
{
    [Fact]
    public async Task A_job_is_there_while_its_data_is_read_and_says_how_far_that_is()
    {
        using HttpResponseMessage response = await server.Client.PostAsync(
            new Uri("/v1/jobs", UriKind.Relative), new StringContent("""{"model":"als","name":"nightly"}""", null, "application/json"));
        JsonElement submitted = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        string id = submitted.GetProperty("id").GetString()!;
        await server.Submission.WhenBegunAsync(id);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Location!.OriginalString.ShouldBe($"/v1/jobs/{id}");
        JsonElement job = await server.FindAsync(id);
        job.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["id", "name", "model", "state", "reason", "submitted", "started", "ended", "epochs", "epoch", "validationRmse", "curve"]);
        string Text(string name) => job.GetProperty(name).ToString();
        (Text("name"), Text("model"), Text("state"), Text("reason"), Text("epochs"), Text("ended")).ShouldBe(("nightly", "als", "preparing", "reading, 45%", "3", ""));
        JsonElement list = await server.SendAsync(HttpMethod.Get, "", HttpStatusCode.OK);
        list.GetProperty("jobs").EnumerateArray().Last().GetProperty("id").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task The_catalogue_tells_what_can_be_trained_and_by_which_settings()
    {
        JsonElement answer = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/v1/catalogue", UriKind.Relative))).RootElement;

        JsonElement[] models = [.. answer.GetProperty("models").EnumerateArray()];
        models.Select(model => model.GetProperty("name").GetString()).ShouldBe(Models.Settings.ModelCatalogue.All.Select(model => model.Name));
        JsonElement method = models.Single(model => model.GetProperty("name").GetString() == "als-implicit").GetProperty("settings").EnumerateArray()
            .Single(setting => setting.GetProperty("name").GetString() == "method");
        method.GetProperty("default").GetString().ShouldBe("exact");
        method.GetProperty("words").EnumerateArray().Select(word => word.GetString()).ShouldBe(["exact", "cg", "blocks"]);
    }

    [Fact]
    public async Task All_mistakes_of_a_request_are_told_at_once()
    {
        JsonElement problem = await server.SendAsync(HttpMethod.Post, "", HttpStatusCode.BadRequest, """{"options":{"rank":1,"epochs":[2]}}""");

        problem.GetProperty("detail").GetString()!.Split('\n').ShouldBe(
            ["--rank: expected nothing, found it; leave it out", "--epochs: expected nothing, found it; leave it out"]);
    }

    [Theory]
    [InlineData("""{"activate":"yes"}""", "activate")]
    [InlineData("""{"options":[1]}""", "options")]
    [InlineData("[]", "JobRequest")]
    public async Task A_body_that_is_no_request_is_refused_by_name(string body, string part) =>
        (await server.SendAsync(HttpMethod.Post, "", HttpStatusCode.BadRequest, body)).GetRawText().ShouldContain(part);

    [Fact]
    public async Task A_job_is_cancelled_once_and_removed_once_it_has_ended()
    {
        string id = await server.SubmitAsync();
        (await server.SendAsync(HttpMethod.Delete, "/" + id, HttpStatusCode.Conflict)).GetProperty("title").GetString().ShouldBe("the job has not ended");

        using HttpResponseMessage cancelled = await server.Client.PostAsync(new Uri($"/v1/jobs/{id}/cancel", UriKind.Relative), null);
        (SseItem<string> end, _) = await LastAsync(id);

        cancelled.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        end.Data.ShouldBe("""{"state":"cancelled","reason":"cancelled before it was submitted"}""");
        JsonElement again = await server.SendAsync(HttpMethod.Post, $"/{id}/cancel", HttpStatusCode.Conflict);
        again.GetProperty("detail").GetString()!.ShouldEndWith("found one that is cancelled");
        using HttpResponseMessage removed = await server.Client.DeleteAsync(new Uri($"/v1/jobs/{id}", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await server.SendAsync(HttpMethod.Get, "/" + id, HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Delete, "/" + id, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("GET", "/20260131-184205-3fa91c")]
    [InlineData("GET", "/20260131-184205-3fa91c/events")]
    [InlineData("POST", "/20260131-184205-3fa91c/cancel")]
    [InlineData("DELETE", "/20260131-184205-3fa91c")]
    [InlineData("GET", "/..%2F..")]
    [InlineData("DELETE", "/..%2Fstore")]
    public async Task A_job_that_nobody_knows_is_not_found(string method, string path) =>
        (await server.SendAsync(new HttpMethod(method), path, HttpStatusCode.NotFound)).GetProperty("title").GetString().ShouldBe("there is no such job");

    [Fact]
    public async Task Events_tell_what_is_prepared_and_end_with_the_job()
    {
        string id = await server.SubmitAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/jobs/{id}/events");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator();
        (await events.MoveNextAsync().Soon()).ShouldBeTrue();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        (events.Current.EventType, events.Current.Data).ShouldBe(("state", """{"state":"preparing","reason":"reading, 45%"}"""));
        server.Submission.Fail(id, new InputException("ratings.csv: expected a file, found none; check the path"));
        (await events.MoveNextAsync().Soon()).ShouldBeTrue();
        (events.Current.EventType, events.Current.Data, events.Current.EventId).ShouldBe(
            ("state", """{"state":"failed","reason":"ratings.csv: expected a file, found none; check the path"}""", "1"));
        (await events.MoveNextAsync().Soon()).ShouldBeFalse();
        JsonElement job = await server.FindAsync(id);
        job.GetProperty("state").GetString().ShouldBe("failed");
        job.GetProperty("ended").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task A_listener_that_has_heard_the_end_is_told_not_to_come_back()
    {
        string id = await server.SubmitAsync();
        server.Submission.End(id, JobState.Failed, "no luck");
        (SseItem<string> end, _) = await LastAsync(id);

        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/jobs/{id}/events");
        request.Headers.Add("Last-Event-ID", end.EventId);
        using HttpResponseMessage response = await server.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_listener_that_goes_away_leaves_nothing_behind()
    {
        string id = await server.SubmitAsync();
        using StreamCount streams = new();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/jobs/{id}/events");
        using (HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using Stream body = await response.Content.ReadAsStreamAsync();
            (await body.ReadAsync(new byte[1]).Soon()).ShouldBe(1);
            streams.Open.ShouldBe(1);
        }

        await streams.WhenClosedAsync();
    }

    [Fact]
    public async Task A_model_answers_as_soon_as_its_job_has_completed_where_that_was_asked_for()
    {
        string quiet = await server.SubmitAsync("""{"name":"quiet"}""");
        server.Submission.End(quiet, JobState.Completed, "");
        await LastAsync(quiet);
        string active = await server.SubmitAsync("""{"name":"loud","activate":true}""");
        server.Submission.End(active, JobState.Completed, "");
        await LastAsync(active);

        JsonElement answer = await TestServer.ReadAsync(server.Client.GetAsync(new Uri("/v1/predict?user=u1&item=i1", UriKind.Relative)), HttpStatusCode.OK);

        answer.GetProperty("served").GetProperty("model").GetString().ShouldBe("loud");
        (await server.Client.GetAsync(new Uri("/v1/predict?user=u1&item=i1&model=quiet", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(SseItem<string> End, int Count)> LastAsync(string id)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/jobs/{id}/events");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        SseItem<string>[] all = [.. SseParser.Create(body).Enumerate()];
        return (all[^1], all.Length);
    }
}
