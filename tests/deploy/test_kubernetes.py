"""Claims about the charts' values and the manifests: pools, templates and names fit each other."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from flows.deployments.deployment_file import Pool

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def documents(path: Path) -> list[dict[str, Any]]:
    return [found for found in yaml.safe_load_all(path.read_text(encoding="utf-8")) if found]


@pytest.fixture(params=["cpu"])
def worker(request) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Kind, values, and the template of a run's job."""
    [values] = documents(DEPLOY / f"helm/worker-{request.param}.yaml")
    return request.param, values, json.loads(values["worker"]["config"]["baseJobTemplate"]["configuration"])


def test_a_worker_serves_a_pool_that_a_deployment_may_name(worker):
    kind, values, _ = worker
    pools = get_args(Pool.model_fields["name"].annotation)

    assert values["worker"]["config"]["workPool"] in pools
    assert kind in values["worker"]["config"]["workPool"]


def test_every_place_in_a_job_template_has_a_variable_and_every_variable_a_place(worker):
    _, _, template = worker
    places = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(template["job_configuration"])))

    assert places == set(template["variables"]["properties"])


def test_a_job_does_not_run_as_root_and_joins_the_cluster_before_its_run(worker):
    _, _, template = worker
    pod = template["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["containers"][0]["args"][:3] == ["python", "-m", "flows.cluster.join"]


@pytest.fixture
def cluster() -> dict[str, Any]:
    """The RayCluster for KubeRay's operator."""
    found, _policy = documents(DEPLOY / "kubernetes/ray.yaml")
    return found


def test_gpu_nodes_of_the_cluster_scale_to_none_and_go_where_a_gpu_is(cluster):
    [group] = cluster["spec"]["workerGroupSpecs"]
    pod = group["template"]["spec"]

    assert (group["minReplicas"], cluster["spec"]["enableInTreeAutoscaling"]) == (0, True)
    assert pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert pod["tolerations"] and pod["nodeSelector"]


def test_the_cluster_asks_for_a_token_has_no_dashboard_and_only_our_pods_reach_it(cluster):
    """Whoever reaches a Ray cluster, or its dashboard's job interface, runs commands on it."""
    spec = cluster["spec"]
    pods = [spec["headGroupSpec"]["template"]["spec"], spec["workerGroupSpecs"][0]["template"]["spec"]]
    _, policy = documents(DEPLOY / "kubernetes/ray.yaml")

    for holder in (spec["autoscalerOptions"], *(pod["containers"][0] for pod in pods)):
        assert {"name": "RAY_AUTH_MODE", "value": "token"} in holder["env"]
        assert {"secretRef": {"name": "ray"}} in holder["envFrom"]
    assert spec["headGroupSpec"]["rayStartParams"]["include-dashboard"] == "false"
    assert policy["spec"]["policyTypes"] == ["Ingress"]
    assert all("podSelector" in who for rule in policy["spec"]["ingress"] for who in rule["from"])
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in pods)


def test_the_cluster_has_the_locked_version_of_ray(cluster):
    locked = (DEPLOY / "docker/requirements.lock").read_text(encoding="utf-8")

    assert f"ray=={cluster['spec']['rayVersion']} " in locked


def test_a_job_template_is_one_that_prefects_worker_takes(worker):
    from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

    _, _, template = worker
    defaults = {name: found.get("default") for name, found in template["variables"]["properties"].items()}
    filled = _filled(template["job_configuration"], defaults)

    made = KubernetesWorkerJobConfiguration.model_validate(filled)

    assert made.job_manifest["spec"]["template"]["spec"]["containers"][0]["image"].startswith(
        "registry.example/"
    )


def test_a_run_cannot_say_what_is_executed(worker):
    """Image, command, account and environment were variables that whoever starts a run could set."""
    from prefect.client.schemas.objects import FlowRun
    from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

    _, _, template = worker
    defaults = {name: found.get("default") for name, found in template["variables"]["properties"].items()}
    made = KubernetesWorkerJobConfiguration.model_validate(_filled(template["job_configuration"], defaults))
    made.prepare_for_flow_run(
        FlowRun.model_validate({"flow_id": "00000000-0000-0000-0000-000000000001", "name": "a"})
    )
    [container] = made.job_manifest["spec"]["template"]["spec"]["containers"]

    closed = {"command", "env", "image", "namespace", "service_account_name"}
    assert not closed & set(template["variables"]["properties"])
    assert template["variables"]["additionalProperties"] is False
    assert container["args"] == ["python", "-m", "flows.cluster.join", "prefect", "flow-run", "execute"]
    assert "PREFECT__FLOW_RUN_ID" in {item["name"] for item in container["env"]}


def _filled(value: Any, defaults: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        found = {key: _filled(item, defaults) for key, item in value.items()}
        return {key: item for key, item in found.items() if item is not None}
    if isinstance(value, list):
        return [_filled(item, defaults) for item in value]
    place = re.fullmatch(r"\{\{ (\w+) \}\}", value) if isinstance(value, str) else None
    if place:
        return defaults[place[1]]
    return (
        re.sub(r"\{\{ (\w+) \}\}", lambda hit: str(defaults[hit[1]]), value)
        if isinstance(value, str)
        else value
    )


def test_prefect_has_one_version_everywhere():
    pinned = re.search(r"^prefect==(\S+)", (DEPLOY / "docker/requirements.lock").read_text(), flags=re.M)
    assert pinned
    charts = [documents(path)[0] for path in sorted((DEPLOY / "helm").glob("*.yaml"))]
    tags = [
        (chart.get("worker") or chart["global"]["prefect"])["image"]["prefectTag"].split("-")[0]
        for chart in charts
    ]

    assert set(tags) == {pinned[1]}


def test_what_kubernetes_objects_refer_to_is_there_or_told_in_the_guide():
    objects = [found for path in (DEPLOY / "kubernetes").glob("*.yaml") for found in documents(path)]
    made = {(found["kind"], found["metadata"]["name"]) for found in objects if "metadata" in found}
    text = "\n".join(
        path.read_text() for folder in ("helm", "kubernetes") for path in (DEPLOY / folder).glob("*.yaml")
    )
    guide = (DEPLOY / "GUIDE.md").read_text(encoding="utf-8")
    maps = set(re.findall(r'configMapRef"?: \{"?name"?: "?([a-z-]+)', text.replace("\n", " ")))
    secrets = set(re.findall(r"(?:existingSecret|secretRef: \{name): ([a-z-]+)", text)) | {
        "prefect-database",
        "sakuga-studio",
    }

    assert {("ConfigMap", name) for name in maps} | {("ServiceAccount", "sakuga-run")} <= made
    assert [name for name in secrets if f"secret generic {name} " not in guide] == []


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl")
def test_kustomize_puts_the_manifests_together():
    done = subprocess.run(["kubectl", "kustomize", DEPLOY / "kubernetes"], capture_output=True, text=True)
    kinds = [found["kind"] for found in yaml.safe_load_all(done.stdout)]

    assert done.returncode == 0, done.stderr
    assert sorted(kinds) == sorted(
        ["Namespace", "ServiceAccount", "ConfigMap", "PersistentVolumeClaim", "StatefulSet", "Service",
         "Deployment", "Service", "Ingress"]
    )  # fmt: skip
